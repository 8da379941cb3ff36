#pragma once

#include "cli/command.h"

#include <memory>

namespace mops::cli {

// One factory per verb; all.cpp puts them into the order in which help lists them.
std::unique_ptr<Command> make_new_command();
std::unique_ptr<Command> make_run_command();
std::unique_ptr<Command> make_check_command();
std::unique_ptr<Command> make_payload_command();
std::unique_ptr<Command> make_certify_command();
std::unique_ptr<Command> make_metrics_command();
std::unique_ptr<Command> make_certificate_report_command();
std::unique_ptr<Command> make_certificate_show_command();
std::unique_ptr<Command> make_certificate_verify_command();
std::unique_ptr<Command> make_certificate_diff_command();
std::unique_ptr<Command> make_diff_command();
std::unique_ptr<Command> make_notes_draft_command();
std::unique_ptr<Command> make_release_command();
std::unique_ptr<Command> make_up_command();
std::unique_ptr<Command> make_down_command();
std::unique_ptr<Command> make_promote_command();
std::unique_ptr<Command> make_rollback_command();
std::unique_ptr<Command> make_drill_command();
std::unique_ptr<Command> make_status_command();
std::unique_ptr<Command> make_history_command();
std::unique_ptr<Command> make_audit_command();
std::unique_ptr<Command> make_logs_command();
std::unique_ptr<Command> make_traffic_command();
std::unique_ptr<Command> make_load_command();
std::unique_ptr<Command> make_push_command();
std::unique_ptr<Command> make_gateway_command();
std::unique_ptr<Command> make_policy_rules_command();
std::unique_ptr<Command> make_schema_show_command();
std::unique_ptr<Command> make_schema_export_command();
std::unique_ptr<Command> make_policy_diff_command();
std::unique_ptr<Command> make_schema_validate_command();
std::unique_ptr<Command> make_schema_test_command();
std::unique_ptr<Command> make_policy_show_command();
std::unique_ptr<Command> make_policy_export_command();
std::unique_ptr<Command> make_policy_fetch_command();
std::unique_ptr<Command> make_man_command();
std::unique_ptr<Command> make_completion_command();

}  // namespace mops::cli
