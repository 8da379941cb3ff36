#include "cli/table.h"

#include "base/text.h"
#include "cli/visible.h"

namespace mops::cli {

Table::Table(std::vector<std::string> headings, std::vector<Align> alignment)
    : headings_(std::move(headings)), alignment_(std::move(alignment)) {
  alignment_.resize(headings_.size(), Align::left);
}

void Table::add(std::vector<Cell> row) {
  for (Cell& cell : row) cell.text = visible(cell.text);
  rows_.push_back(std::move(row));
}

std::string Table::render(const Console& console) const {
  std::vector<size_t> widths;
  for (const std::string& heading : headings_) widths.push_back(display_width(heading));
  for (const auto& row : rows_)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i].text));

  std::string out;
  const auto add_line = [&](const std::vector<Cell>& cells) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string space(widths[i] - display_width(cells[i].text), ' ');
      if (i > 0) line += "  ";
      if (alignment_[i] == Align::right) line += space;
      line += console.paint_out(cells[i].colour, cells[i].text);
      if (alignment_[i] == Align::left && i + 1 < cells.size()) line += space;
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  };
  std::vector<Cell> head;
  for (const std::string& heading : headings_) head.push_back({.text = heading, .colour = Colour::dim});
  add_line(head);
  for (const auto& row : rows_) add_line(row);
  return out;
}

}  // namespace mops::cli
