#include "cli/commands/all.h"

namespace mops::cli {

std::vector<std::unique_ptr<Command>> make_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  for (const auto make :
       {
           make_new_command,
           make_run_command,
           make_check_command,
           make_payload_command,
           make_certify_command,
           make_metrics_command,
           make_certificate_report_command,
           make_certificate_show_command,
           make_certificate_verify_command,
           make_certificate_diff_command,
           make_notes_draft_command,
           make_diff_command,
           make_release_command,
           make_up_command,
           make_down_command,
           make_promote_command,
           make_rollback_command,
           make_drill_command,
           make_status_command,
           make_history_command,
           make_audit_command,
           make_logs_command,
           make_traffic_command,
           make_push_command,
           make_load_command,
           make_gateway_command,
           make_policy_rules_command,
           make_policy_diff_command,
           make_policy_show_command,
           make_policy_export_command,
           make_policy_fetch_command,
           make_schema_show_command,
           make_schema_export_command,
           make_schema_validate_command,
           make_schema_test_command,
           make_man_command,
           make_completion_command,
       })
    commands.push_back(make());
  return commands;
}

}  // namespace mops::cli
