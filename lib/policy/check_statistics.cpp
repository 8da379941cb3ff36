#include "base/text.h"
#include "policy/inspection.h"

#include <fmt/format.h>
#include <map>

namespace mops::policy {
namespace {

using document::Document;
using document::Node;
using document::NodeKind;

constexpr std::string_view k_extension = ".yaml";

/// `2026-10`, or nothing.
std::string_view month_of(std::string_view name) {
  if (!name.ends_with(k_extension)) return {};
  const std::string_view month = name.substr(0, name.size() - k_extension.size());
  return month.size() == 7 && parse_time(fmt::format("{}-01", month)) ? month : std::string_view();
}

void inspect_versions(Inspection& inspection, const Document& statistics, const Node& versions) {
  std::map<std::pair<std::string, std::string>, const Node*> seen;
  for (const Node& item : versions.items) {
    const std::string stage = text_below(item, "stage");
    const std::string version = text_below(item, "version");
    const Node* node = item.find("version");
    if (stage.empty() || version.empty()) continue;
    const auto [first, is_new] = seen.emplace(std::pair(stage, version), node);
    if (!is_new) {
      inspection.add("statistics/duplicate", statistics, *node, fmt::format("version `{}` in stage `{}` is listed twice", version, stage),
                     "add the two up, or correct version or stage");
      inspection.add_label(statistics, *first->second, "first listed here");
    } else if (!inspection.has_file(fmt::format("{}{}.yaml", k_notes_folder, version))) {
      inspection.add("statistics/unknown-version", statistics, *node, fmt::format("there are no release notes for version `{}`", version),
                     "statistics are about released versions of this model");
    }
    const Node* requests = item.find("requests");
    const Node* failed = item.find("failed");
    if (requests != nullptr && failed != nullptr && requests->integer_fits && failed->integer_fits && failed->integer > requests->integer)
      inspection.add("statistics/bad-value", statistics, *failed, fmt::format("found `{}` failed of `{}` requests", failed->text, requests->text),
                     "`requests` counts those that failed as well");
  }
}

}  // namespace

Result<void> inspect_statistics(Inspection& inspection) {
  const std::vector<std::string> paths = inspection.paths();
  for (const std::string& path : paths) {
    if (!path.starts_with(k_statistics_folder)) continue;
    const std::string_view name = std::string_view(path).substr(k_statistics_folder.size());
    const std::string_view month = month_of(name);
    if (month.empty()) {
      inspection.add("statistics/file-name", path, std::nullopt, fmt::format("found `{}` among the statistics, expected a name such as `2026-10.yaml`", name),
                     name.ends_with(".yml") ? fmt::format("rename it to `{}.yaml`", name.substr(0, name.size() - 4)) : "only the statistics of months belong here: move it elsewhere");
      continue;
    }
    MOPS_ASSIGN(SourceFile source, inspection.read(path));
    const Document statistics = document::parse_yaml(std::move(source));
    inspection.adopt(DocumentKind::statistics, statistics);
    const Node* written = find_below(statistics.root(), {"month"});
    if (written != nullptr && written->kind == NodeKind::string && written->text != month)
      inspection.add("statistics/month-mismatch", statistics, *written, fmt::format("found month `{}`, expected `{}`, as the file is called", written->text, month),
                     fmt::format("write `\"{}\"`, or rename the file", month));
    if (parse_time(fmt::format("{}-01", month)).value() > inspection.options().now)
      inspection.add("statistics/future", path, written == nullptr ? std::nullopt : std::optional(written->span), fmt::format("the month {} has not begun", month),
                     "correct the month, here and in the name of the file");
    if (const Node* versions = find_below(statistics.root(), {"versions"})) inspect_versions(inspection, statistics, *versions);
  }
  return {};
}

}  // namespace mops::policy
