#include "comparison/comparison.h"

#include "base/text.h"
#include "comparison/flat_map.h"
#include "comparison/package_list.h"
#include "policy/facts.h"
#include "policy/front_matter.h"
#include "stats/metric.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace mops::comparison {
namespace {

using Texts = std::map<std::string, std::string>;

std::vector<Difference> differences_of(const Texts& before, const Texts& after) {
  std::vector<Difference> out;
  std::set<std::string> names;
  for (const Texts* texts : {&before, &after})
    for (const auto& [name, text] : *texts) names.insert(name);
  for (const std::string& name : names) {
    const auto value_in = [&](const Texts& texts) {
      const auto found = texts.find(name);
      return found == texts.end() ? std::nullopt : std::optional(found->second);
    };
    Difference difference{.name = name, .before = value_in(before), .after = value_in(after)};
    if (difference.before != difference.after) out.push_back(std::move(difference));
  }
  return out;
}

/// The group that a key of the manifest belongs to; nullptr: it is compared elsewhere.
const char* group_of(std::string_view key) {
  constexpr std::array<std::pair<std::string_view, const char*>, 15> k_groups = {{{"format", nullptr},
                                                                                 {"interface", nullptr},
                                                                                 {"task", nullptr},
                                                                                 {"environment", "environment"},
                                                                                 {"serving", "serving"},
                                                                                 {"commands", "serving"},
                                                                                 {"resources", "resources"},
                                                                                 {"secrets", "resources"},
                                                                                 {"endpoints", "resources"},
                                                                                 {"configuration", "resources"},
                                                                                 {"datasets", "data"},
                                                                                 {"certification", "limits"},
                                                                                 {"monitoring", "limits"},
                                                                                 {"policy", "manifest"},
                                                                                 {"owner", "manifest"}}};
  const auto* const found = std::find_if(k_groups.begin(), k_groups.end(), [&](const auto& entry) { return entry.first == key; });
  return found == k_groups.end() ? "manifest" : found->second;
}

/// The manifest by groups, each flat. Keys that the group is called after are left out in front.
std::map<std::string, Texts> grouped(const document::Document& manifest) {
  std::map<std::string, Texts> groups;
  for (const document::Entry& entry : manifest.root()->entries) {
    const char* group = group_of(entry.key.text);
    if (group == nullptr) continue;
    const bool is_plain = entry.key.text == "certification" || entry.key.text == "environment" || entry.key.text == "datasets";
    groups[group].merge(flatten(entry.value, is_plain ? "" : std::string(entry.key.text)));
  }
  groups["serving"].erase("serving.model");
  return groups;
}

Group packages_of(const Snapshot& before, const Snapshot& after) {
  Group group{.name = "packages", .differences = {}, .remark = {}};
  if (before.environment_lock == after.environment_lock) return group;
  const auto old_list = read_package_list(before.environment_lock);
  const auto new_list = read_package_list(after.environment_lock);
  const auto readable = [](const std::string& text, const auto& list) { return text.empty() || list.has_value(); };
  if (readable(before.environment_lock, old_list) && readable(after.environment_lock, new_list)) {
    group.differences = differences_of(old_list.value_or(Texts()), new_list.value_or(Texts()));
    if (group.differences.empty()) group.remark = "the lock files differ, the packages and versions in them do not";
  } else {
    group.differences.push_back({.name = after.manifest.environment.lock.empty() ? before.manifest.environment.lock : after.manifest.environment.lock,
                                 .before = "sha256 " + sha256(before.environment_lock).short_hex(),
                                 .after = "sha256 " + sha256(after.environment_lock).short_hex()});
    group.remark = "the lock file does not list one package a line, so only its digest is compared";
  }
  return group;
}

Texts artifacts_of(const Snapshot& snapshot) {
  Texts texts;
  for (const model::Artifact& artifact : snapshot.lock.artifacts) texts[artifact.path] = fmt::format("{} bytes, sha256 {}", artifact.size, artifact.sha256.short_hex());
  return texts;
}

/// Fields of the front matter as they are, sections by what is in them.
Texts card_of(const Snapshot& snapshot) {
  Texts texts;
  if (!snapshot.card) return texts;
  if (const auto front_matter = policy::parse_front_matter(*snapshot.card); front_matter && front_matter->root() != nullptr) texts = flatten(*front_matter->root());
  const std::vector<policy::Section> sections = policy::find_sections(*snapshot.card);
  const std::string_view text = snapshot.card->text;
  for (size_t i = 0; i < sections.size(); ++i) {
    const size_t begin = sections[i].span.end.offset;
    const size_t end = i + 1 < sections.size() ? sections[i + 1].span.begin.offset : text.size();
    const std::string_view body = trim(text.substr(begin, end - begin));
    texts[fmt::format("{} {}", std::string(sections[i].level, '#'), sections[i].title)] = body.empty() ? "empty" : fmt::format("{} characters, sha256 {}", count_code_points(body), sha256(body).short_hex());
  }
  return texts;
}

Judgement judge(const NumberPair& pair, std::optional<stats::Better> better) {
  if (!pair.before || !pair.after) return Judgement::unknown;
  if (*pair.before == *pair.after) return Judgement::same;
  if (!better) return Judgement::unknown;
  return (*pair.after > *pair.before) == (*better == stats::Better::higher) ? Judgement::better : Judgement::worse;
}

/// Said where the certificates are not both here and PASSED.
std::vector<std::string> remarks_about(const Snapshot& before, const Snapshot& after) {
  std::vector<std::string> remarks;
  for (const Snapshot* side : {&before, &after}) {
    if (!side->certification) remarks.push_back(fmt::format("there is no certification of {} (payload {})", side->label, side->payload.short_hex()));
    else if (side->certification->certificate.verdict != Verdict::passed)
      remarks.push_back(fmt::format("the certification of {} is {}", side->label, to_string(side->certification->certificate.verdict)));
  }
  return remarks;
}

Numbers metrics_of(const Snapshot& before, const Snapshot& after) {
  Numbers numbers{.pairs = {}, .remarks = remarks_about(before, after)};
  std::set<std::string> names;
  const auto metrics = [](const Snapshot& side) { return side.certification ? side.certification->certificate.metrics : std::map<std::string, double>(); };
  const std::map<std::string, double> old_metrics = metrics(before);
  const std::map<std::string, double> new_metrics = metrics(after);
  for (const auto* side : {&old_metrics, &new_metrics})
    for (const auto& [name, value] : *side) names.insert(name);
  for (const std::string& name : names) {
    const auto value_in = [&](const std::map<std::string, double>& side) {
      const auto found = side.find(name);
      return found == side.end() ? std::nullopt : std::optional(found->second);
    };
    NumberPair pair{.name = name, .before = value_in(old_metrics), .after = value_in(new_metrics)};
    const stats::MetricInfo* info = stats::find_metric(name);
    pair.judgement = judge(pair, info == nullptr ? std::nullopt : std::optional(info->better));
    numbers.pairs.push_back(std::move(pair));
  }
  if (before.certification && after.certification) {
    const evidence::MeasuredDataset& old_data = before.certification->certificate.dataset;
    const evidence::MeasuredDataset& new_data = after.certification->certificate.dataset;
    if (old_data.sha256 != new_data.sha256)
      numbers.remarks.push_back(fmt::format("measured on different data: `{}` {} and `{}` {}", old_data.name, old_data.sha256.short_hex(), new_data.name, new_data.sha256.short_hex()));
  }
  return numbers;
}

Numbers performance_of(const Snapshot& before, const Snapshot& after) {
  Numbers numbers{.pairs = {}, .remarks = remarks_about(before, after)};
  if (!before.certification && !after.certification) return numbers;
  for (const std::string& name : policy::performance_names()) {
    const auto value_in = [&](const Snapshot& side) {
      return side.certification ? policy::performance_value(side.certification->certificate.performance, name) : std::nullopt;
    };
    NumberPair pair{.name = name, .before = value_in(before), .after = value_in(after)};
    const bool is_count = name == "requests";
    pair.judgement = judge(pair, is_count ? std::nullopt : std::optional(name == "throughput_per_second" ? stats::Better::higher : stats::Better::lower));
    numbers.pairs.push_back(std::move(pair));
  }
  if (before.certification && after.certification) {
    const evidence::Certificate& a = before.certification->certificate;
    const evidence::Certificate& b = after.certification->certificate;
    if (a.measured_on.cpu_model != b.measured_on.cpu_model || a.measured_on.cores != b.measured_on.cores)
      numbers.remarks.push_back(fmt::format("measured on different machines: {} x {} and {} x {}", a.measured_on.cores, a.measured_on.cpu_model, b.measured_on.cores, b.measured_on.cpu_model));
    if (a.performance.rate_per_second != b.performance.rate_per_second)
      numbers.remarks.push_back(fmt::format("measured at different loads: {} and {} requests a second", a.performance.rate_per_second, b.performance.rate_per_second));
  }
  return numbers;
}

std::vector<NotesDifference> notes_of(const Snapshot& before, const Snapshot& after) {
  std::vector<NotesDifference> out;
  const auto add_missing = [&](const Snapshot& from, const Snapshot& in, bool is_new) {
    for (const auto& [version, notes] : from.notes) {
      if (in.notes.contains(version)) continue;
      NotesDifference difference{.version = version, .is_new = is_new, .summary = notes.summary, .breaks = {}};
      for (const std::string_view section : model::k_notes_sections)
        if (const auto lines = notes.sections.find(std::string(section)); lines != notes.sections.end())
          std::copy_if(lines->second.begin(), lines->second.end(), std::back_inserter(difference.breaks), [](const std::string& line) { return line.starts_with("BREAKING"); });
      out.push_back(std::move(difference));
    }
  };
  add_missing(after, before, true);
  add_missing(before, after, false);
  return out;
}

}  // namespace

bool Comparison::is_same() const {
  const auto is_same_pair = [](const NumberPair& pair) { return pair.before == pair.after; };
  return interface.changes.empty() && notes.empty() && std::all_of(metrics.pairs.begin(), metrics.pairs.end(), is_same_pair) &&
         std::all_of(performance.pairs.begin(), performance.pairs.end(), is_same_pair) &&
         std::all_of(groups.begin(), groups.end(), [](const Group& group) { return group.differences.empty() && group.remark.empty(); });
}

Comparison compare(const Snapshot& before, const Snapshot& after) {
  Comparison comparison{.interface = compare_interfaces(before.manifest, after.manifest),
                        .metrics = metrics_of(before, after),
                        .performance = performance_of(before, after),
                        .groups = {},
                        .notes = notes_of(before, after)};
  std::map<std::string, Texts> old_manifest = grouped(before.document);
  std::map<std::string, Texts> new_manifest = grouped(after.document);
  const auto add = [&](std::string name, const Texts& a, const Texts& b) { comparison.groups.push_back({.name = std::move(name), .differences = differences_of(a, b), .remark = {}}); };
  const auto add_from_manifest = [&](const std::string& name) { add(name, old_manifest[name], new_manifest[name]); };
  add_from_manifest("environment");
  comparison.groups.push_back(packages_of(before, after));
  add("artifacts", artifacts_of(before), artifacts_of(after));
  for (const char* name : {"serving", "resources", "data", "limits"}) add_from_manifest(name);
  add("card", card_of(before), card_of(after));
  add_from_manifest("manifest");
  return comparison;
}

std::optional<Step> step_between(const Snapshot& from, const Snapshot& to, const model::InterfaceComparison& change) {
  if (!from.version || !to.version || !(*from.version < *to.version)) return std::nullopt;
  return Step{.demanded = demanded_bump(*from.version, change.bump()), .made = bump_between(*from.version, *to.version)};
}

}  // namespace mops::comparison
