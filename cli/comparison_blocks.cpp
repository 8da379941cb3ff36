#include "cli/comparison_blocks.h"

#include "base/text.h"

namespace mops::cli {
namespace {

using comparison::Comparison;
using comparison::Judgement;
using comparison::Snapshot;
using Align = Table::Align;

/// One line of at most so many characters.
std::string short_text(const std::string& text) {
  constexpr size_t k_longest = 56;
  std::string out;
  size_t length = 0;
  for (const char c : text) {
    const bool begins_character = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (begins_character && ++length > k_longest) return out + "…";
    out += c == '\n' || c == '\t' || c == '\r' ? ' ' : c;
  }
  return out;
}

std::string sentence_about(model::Compatibility compatibility, const std::string& before, const std::string& after) {
  switch (compatibility) {
    case model::Compatibility::full: return fmt::format("clients of {} can use {}, and the other way round", before, after);
    case model::Compatibility::backward: return fmt::format("clients of {} can use {}; clients of {} would fail on {}", before, after, after, before);
    case model::Compatibility::forward: return fmt::format("clients of {} fail on {}; clients of {} could use {}", before, after, after, before);
    case model::Compatibility::none: return fmt::format("clients of {} fail on {}, and clients of {} on {}", before, after, after, before);
  }
  return {};
}

std::string sentence_about_step(const Snapshot& before, const Snapshot& after, const model::InterfaceComparison& change) {
  if (!before.version) return fmt::format("SemVer demands a {} step", to_string(change.bump()));
  const model::Bump demanded = demanded_bump(*before.version, change.bump());
  const std::string next = next_version(*before.version, demanded).to_string();
  if (const auto step = step_between(before, after, change))
    return step->is_enough() ? fmt::format("SemVer demands a {} step, {} is a {} one", to_string(demanded), after.label, to_string(step->made))
                             : fmt::format("SemVer demands a {} step, {} is only a {} one: take {}", to_string(demanded), after.label, to_string(step->made), next);
  if (after.version) return fmt::format("going back: from {} to {}, SemVer would demand a {} step", before.label, after.label, to_string(demanded));
  return fmt::format("SemVer demands a {} step: {} or later", to_string(demanded), next);
}

Table::Cell breaks_cell(const model::InterfaceChange& change, const Snapshot& before, const Snapshot& after) {
  if (change.breaks_backward && change.breaks_forward) return {.text = "both", .colour = Colour::red};
  if (change.breaks_backward) return {.text = "clients of " + before.label, .colour = Colour::red};
  return {.text = change.breaks_forward ? "clients of " + after.label : "nobody"};
}

ComparisonBlock interface_block(const Comparison& comparison, const Snapshot& before, const Snapshot& after) {
  const model::InterfaceComparison& interface = comparison.interface;
  ComparisonBlock block{.title = fmt::format("interface: {}", to_string(interface.compatibility))};
  if (interface.changes.empty()) {
    block.lines = {"nothing changed"};
    return block;
  }
  block.lines = {sentence_about(interface.compatibility, before.label, after.label), sentence_about_step(before, after, interface)};
  block.headings = {"breaks", "change"};
  for (const model::InterfaceChange& change : interface.changes) block.rows.push_back({breaks_cell(change, before, after), {.text = change.sentence}});
  return block;
}

std::string number_text(const std::optional<double>& value) { return value ? fmt::format("{:.4g}", *value) : "-"; }

Table::Cell judgement_cell(Judgement judgement) {
  switch (judgement) {
    case Judgement::better: return {.text = "better", .colour = Colour::green};
    case Judgement::worse: return {.text = "worse", .colour = Colour::red};
    case Judgement::same: return {.text = "same"};
    case Judgement::unknown: break;
  }
  return {.text = ""};
}

ComparisonBlock numbers_block(std::string title, const comparison::Numbers& numbers, const Snapshot& before, const Snapshot& after) {
  ComparisonBlock block{.title = std::move(title)};
  block.headings = {"name", before.label, after.label, "change", ""};
  block.alignment = {Align::left, Align::right, Align::right, Align::right, Align::left};
  for (const comparison::NumberPair& pair : numbers.pairs) {
    const std::string change = pair.before && pair.after && *pair.before != *pair.after ? fmt::format("{:+.4g}", *pair.after - *pair.before) : "";
    block.rows.push_back({{.text = pair.name}, {.text = number_text(pair.before)}, {.text = number_text(pair.after)}, {.text = change}, judgement_cell(pair.judgement)});
  }
  if (block.rows.empty()) block.headings.clear();
  block.remarks = numbers.remarks;
  return block;
}

ComparisonBlock group_block(const comparison::Group& group, const Snapshot& before, const Snapshot& after) {
  ComparisonBlock block{.title = group.name, .lines = {}, .headings = {"name", before.label, after.label}};
  for (const comparison::Difference& difference : group.differences)
    block.rows.push_back({{.text = short_text(difference.name)}, {.text = short_text(difference.before.value_or("-"))}, {.text = short_text(difference.after.value_or("-"))}});
  if (block.rows.empty()) block.headings.clear();
  if (!group.remark.empty()) block.remarks.push_back(group.remark);
  return block;
}

ComparisonBlock notes_block(const std::vector<comparison::NotesDifference>& notes) {
  ComparisonBlock block{.title = "notes"};
  block.headings = {"version", "", "says"};
  for (const comparison::NotesDifference& difference : notes) {
    const Table::Cell state{.text = difference.is_new ? "new" : "gone"};
    block.rows.push_back({{.text = difference.version.to_string()}, state, {.text = difference.summary}});
    for (const std::string& line : difference.breaks) block.rows.push_back({{.text = ""}, {.text = ""}, {.text = line, .colour = Colour::red}});
  }
  return block;
}

/// For a cell of a table, on one line.
std::string markdown_text(const std::string& text) { return replace_all(replace_all(replace_all(text, "\\", "\\\\"), "|", "\\|"), "\n", " "); }

}  // namespace

std::vector<ComparisonBlock> blocks_of(const Comparison& comparison, const Snapshot& before, const Snapshot& after) {
  std::vector<ComparisonBlock> blocks;
  const auto name_of = [](const Snapshot& snapshot) { return fmt::format("{} (payload {})", snapshot.label, snapshot.payload.short_hex()); };
  ComparisonBlock head{.title = after.manifest.name, .lines = {fmt::format("{} → {}", name_of(before), name_of(after))}};
  if (before.payload == after.payload) head.lines.emplace_back("the payload is the same: what runs does not differ");
  blocks.push_back(std::move(head));
  blocks.push_back(interface_block(comparison, before, after));
  blocks.push_back(numbers_block("metrics", comparison.metrics, before, after));
  blocks.push_back(numbers_block("performance", comparison.performance, before, after));
  for (const comparison::Group& group : comparison.groups)
    if (!group.differences.empty() || !group.remark.empty()) blocks.push_back(group_block(group, before, after));
  if (!comparison.notes.empty()) blocks.push_back(notes_block(comparison.notes));
  return blocks;
}

std::string to_text(const std::vector<ComparisonBlock>& blocks, const Console& console) {
  std::string text;
  for (const ComparisonBlock& block : blocks) {
    if (!text.empty()) text += "\n";
    text += console.paint_out(Colour::bold, block.title) + "\n";
    for (const std::string& line : block.lines) text += fmt::format("  {}\n", line);
    if (!block.headings.empty()) {
      Table table(block.headings, block.alignment);
      for (const auto& row : block.rows) table.add(row);
      const std::string lines = table.render(console);
      for (const std::string_view line : split(std::string_view(lines).substr(0, lines.size() - 1), '\n')) text += fmt::format("  {}\n", line);
    }
    for (const std::string& remark : block.remarks) text += fmt::format("  {}\n", console.paint_out(Colour::yellow, remark));
  }
  return text;
}

std::string to_markdown(const std::vector<ComparisonBlock>& blocks) {
  std::string text;
  for (const ComparisonBlock& block : blocks) {
    text += fmt::format("{}{} {}\n\n", text.empty() ? "" : "\n", text.empty() ? "##" : "###", block.title);
    for (const std::string& line : block.lines) text += fmt::format("{}  \n", line);
    if (!block.headings.empty()) {
      if (!block.lines.empty()) text += "\n";
      const auto add_row = [&](const auto& cells, const auto& to_cell) {
        text += "|";
        for (const auto& cell : cells) text += fmt::format(" {} |", to_cell(cell));
        text += "\n";
      };
      add_row(block.headings, [](const std::string& heading) { return markdown_text(heading); });
      text += "|";
      for (size_t i = 0; i < block.headings.size(); ++i) text += i < block.alignment.size() && block.alignment[i] == Align::right ? "---:|" : "---|";
      text += "\n";
      for (const auto& row : block.rows) add_row(row, [](const Table::Cell& cell) { return markdown_text(cell.text); });
    }
    if (!block.remarks.empty() && !block.headings.empty()) text += "\n";
    for (const std::string& remark : block.remarks) text += fmt::format("_{}_  \n", remark);
  }
  return text;
}

}  // namespace mops::cli
