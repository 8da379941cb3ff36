#include "certify/check_text.h"
#include "certify/report_rows.h"

#include <fmt/format.h>

namespace mops::certify {
namespace {

/// A cell of a table: no bars, no line breaks, and no markup of HTML.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '<') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

}  // namespace

std::string report_markdown(const ReportOrder& order) {
  const evidence::Certificate& c = order.candidate.certificate;
  std::string out = fmt::format("## {} {}: {}\n\n{}\n\n", cell(c.model), cell(order.candidate.label), to_string(c.verdict), cell(headline(c)));
  out += "| check | value | limit | n | verdict |\n|---|---:|---|---:|---|\n";
  for (const CheckRow& row : check_rows(c))
    out += fmt::format("| {} | {} | {} | {} | {}{} |\n", cell(row.name), cell(row.value), cell(row.limit), row.count, to_string(row.verdict), row.note.empty() ? "" : ": " + cell(row.note));
  if (c.comparison && c.comparison->obstacle.empty()) {
    out += fmt::format("\n### Against {0}, on the same rows\n\n| | {0} | this version | difference (95 % interval) | |\n|---|---:|---:|---:|---|\n", cell(c.comparison->baseline));
    for (const DifferenceRow& row : difference_rows(c)) out += fmt::format("| {} | {} | {} | {} | {} |\n", cell(row.name), row.current, row.candidate, row.difference, row.word);
    out += fmt::format("\nThe two answer: {}.\n", cell(agreement_text(*c.comparison)));
  }
  if (order.current) {
    const std::vector<ComparisonRow> rows = comparison_rows(c, order.current->certificate);
    const std::string sentence = comparison_sentence(rows);
    out += fmt::format("\n### Compared with {}\n\n{}| | {} | {} | difference | |\n|---|---:|---:|---:|---|\n", cell(order.current->label), sentence.empty() ? "" : cell(sentence) + "\n\n",
                       cell(order.current->label), cell(order.candidate.label));
    for (const ComparisonRow& row : rows)
      out += fmt::format("| {} | {} | {} | {} | {} |\n", cell(row.name), row.current, row.candidate, row.difference, row.word);
  }
  out += "\n<details><summary>What was measured, and on what</summary>\n\n| | |\n|---|---|\n";
  for (const auto& [name, value] : fact_rows(order)) out += fmt::format("| {} | {} |\n", cell(name), cell(value));
  return out + "\n</details>\n";
}

}  // namespace mops::certify
