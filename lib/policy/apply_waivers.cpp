#include "base/text.h"
#include "policy/glob.h"
#include "policy/inspection.h"
#include "policy/rule.h"

#include <fmt/format.h>

namespace mops::policy {
namespace {

bool is_known(const Policy& policy, std::string_view rule) { return policy.strictness(rule).has_value(); }

std::string nearest_rule(std::string_view word) {
  std::vector<std::string> known;
  for (const Rule& rule : rules()) known.emplace_back(rule.id);
  return suggestion(word, known, "`mops policy rules` lists them");
}

}  // namespace

/// A waived finding stays visible as a note that says who waived it, until when and why.
void Inspection::apply(const std::vector<Waiver>& waivers) {
  constexpr auto k_day = std::chrono::hours(24);
  std::vector<Diagnostic> found = std::move(findings_);
  findings_.clear();
  for (const Waiver& waiver : waivers) {
    const auto strict = policy_.strictness(waiver.rule);
    if (!is_known(policy_, waiver.rule)) {
      add("waiver/unknown-rule", k_manifest_path, waiver.rule_span, fmt::format("there is no rule `{}` to waive", waiver.rule), nearest_rule(waiver.rule));
      continue;
    }
    if (!can_be_waived(waiver.rule) || strict->waivers == WaiverRight::refused) {
      add("waiver/refused", k_manifest_path, waiver.rule_span, fmt::format("the rule `{}` cannot be waived", waiver.rule),
          strict->waivers == WaiverRight::refused ? fmt::format("the policy `{}` refuses it", policy_.file().name) : "other checks build on it");
      continue;
    }
    if (waiver.end < options_.now) {
      add("waiver/expired", k_manifest_path, waiver.expires_span,
          fmt::format("the waiver of `{}` by {} expired on {}", waiver.rule, waiver.owner, waiver.expires), "set right what it was for and remove it, or agree on another day");
      continue;
    }
    if (const auto days = policy_.file().longest_waiver_days; days && waiver.end - options_.now > k_day * (*days + 1)) {
      add("waiver/too-long", k_manifest_path, waiver.expires_span, fmt::format("the waiver of `{}` lasts longer than {} days", waiver.rule, *days),
          fmt::format("the policy `{}` allows no more", policy_.file().name));
      continue;
    }
    size_t matched = 0;
    for (Diagnostic& finding : found) {
      const std::string_view path = std::string_view(finding.location.path).substr(std::min(options_.path_prefix.size(), finding.location.path.size()));
      if (finding.rule != waiver.rule || (!waiver.path.empty() && !fits_glob(waiver.path, path))) continue;
      ++matched;
      finding.severity = Severity::note;
      finding.labels.push_back({.location = {.path = options_.path_prefix + k_manifest_path, .span = waiver.rule_span},
                                .message = fmt::format("waived until {} by {}: {}", waiver.expires, waiver.owner, waiver.reason)});
    }
    if (matched == 0)
      add("waiver/unused", k_manifest_path, waiver.rule_span, fmt::format("nothing is found that the waiver of `{}` is for", waiver.rule), "remove it");
  }
  std::move(found.begin(), found.end(), std::back_inserter(findings_));
}

}  // namespace mops::policy
