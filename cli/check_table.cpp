#include "cli/check_table.h"

#include "certify/check_text.h"

namespace mops::cli {
Colour colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed: return Colour::green;
    case Verdict::warned:
    case Verdict::inconclusive: return Colour::yellow;
    case Verdict::failed: return Colour::red;
  }
  return Colour::plain;
}

Table check_table(const std::vector<evidence::Check>& checks) {
  Table table({"CHECK", "VALUE", "LIMIT", "N", "VERDICT", ""}, {Table::Align::left, Table::Align::right, Table::Align::left, Table::Align::right, Table::Align::left, Table::Align::left});
  for (const evidence::Check& check : checks)
    table.add({{check.name}, {certify::value_text(check)}, {certify::limit_text(check.limit, check.unit)}, {std::to_string(check.n)},
               {std::string(to_string(check.verdict)), colour_of(check.verdict)}, {check.note}});
  return table;
}

}  // namespace mops::cli
