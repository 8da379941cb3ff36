#include "policy/number.h"

#include "document/document.h"
#include "policy/equality.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::policy;

namespace {

document::Document parse(const std::string& text) { return document::parse_yaml({.path = "n.yaml", .text = text}); }

std::partial_ordering compare(const std::string& a, const std::string& b) {
  const auto left = parse(a);
  const auto right = parse(b);
  return compare_numbers(*left.root(), *right.root());
}

bool divides(const std::string& divisor, const std::string& value) {
  const auto left = parse(divisor);
  const auto right = parse(value);
  const auto made = Divisor::make(*left.root());
  REQUIRE(made);
  return made->divides(*right.root());
}

}  // namespace

TEST_CASE("compare_numbers is exact where doubles are equal") {
  CHECK(compare("9007199254740993", "9007199254740992.0") > 0);
  CHECK(compare("0.1", "0.1000000000000000055511151231257827") < 0);
  CHECK(compare("-0.1", "-0.1000000000000000055511151231257827") > 0);
  CHECK(compare("1e400", "1e401") < 0);
  CHECK(compare("-1e400", "1e400") < 0);
  CHECK(compare("100", "1e2") == 0);
  CHECK(compare("-0.0", "0") == 0);
  CHECK(compare("0xFF", "255.0") == 0);
  CHECK(compare("18446744073709551616", "18446744073709551617") < 0);
  CHECK(compare(".nan", "1") == std::partial_ordering::unordered);
  CHECK(compare(".inf", "1e400") >= 0);
}

TEST_CASE("Divisor is exact") {
  CHECK(divides("0.01", "4.35"));
  CHECK(divides("0.1", "0.3"));
  CHECK_FALSE(divides("0.1", "0.31"));
  CHECK(divides("1e-8", "12391239123"));
  CHECK_FALSE(divides("7", "1e300"));
  CHECK(divides("3", "123456789012345678901234567890"));
  CHECK_FALSE(divides("1e20", "5e19"));
  CHECK(divides("5", "0"));
  CHECK(divides("0.5", "-1.5"));
  CHECK(divides("16", "0xFF0"));
}

TEST_CASE("is_integral") {
  for (const auto& [text, expected] : {std::pair("1.0", true),
                                       {"1e3", true},
                                       {"1.5", false},
                                       {"1.00000000000000000001", false},
                                       {"1e400", true},
                                       {".inf", false},
                                       {".nan", false},
                                       {"10e-1", true}}) {
    INFO(text);
    const auto document = parse(text);
    CHECK(is_integral(*document.root()) == expected);
  }
}

TEST_CASE("find_equal_items: as JSON values") {
  const auto pair_in = [](const std::string& text) {
    const auto document = parse(text);
    const auto found = find_equal_items(document.root()->items);
    return found ? std::to_string(found->first) + "," + std::to_string(found->second) : "";
  };
  CHECK(pair_in("[1, 2, 1.0]") == "0,2");
  CHECK(pair_in("[0, -0.0]") == "0,1");
  CHECK(pair_in("[{a: 1, b: [x]}, {b: [x], a: 1.0}]") == "0,1");
  CHECK(pair_in("[true, 1, \"1\", null, \"\", [], {}]") == "");
  CHECK(pair_in("[a, b, b, a]") == "1,2");
}
