#include "policy/front_matter.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace mops;
using namespace mops::policy;

namespace {

std::string sections_of(const std::string& text) {
  std::string out;
  for (const Section& section : find_sections({.path = "card.md", .text = text}))
    out += fmt::format("{} {}{} at {}:{}-{}\n", section.level, section.title, section.is_empty ? " (empty)" : "", section.span.begin.line,
                       section.span.begin.column, section.span.end.column);
  return out;
}

}  // namespace

TEST_CASE("front matter: places are those of the Markdown file") {
  for (const std::string begin : {"---\n", "---\r\n", "--- \n", "\xEF\xBB\xBF---\n"}) {
    const auto found = parse_front_matter({.path = "card.md", .text = begin + "license: mit\nbäd: x\n---\n# Title\n"});
    REQUIRE(found);
    REQUIRE(found->is_sound());
    const document::Entry* entry = found->root()->find_entry("bäd");
    REQUIRE(entry != nullptr);
    CHECK(entry->key.span.begin.line == 3);
    CHECK(entry->value.span.begin.column == 6);
    CHECK(found->source().path == "card.md");
  }
  const auto broken = parse_front_matter({.path = "card.md", .text = "---\na: 1\na: 2\n---\n"});
  REQUIRE(broken);
  REQUIRE(broken->findings().size() == 1);
  CHECK(broken->findings()[0].location.span->begin.line == 3);
}

TEST_CASE("front matter: absent") {
  for (const char* text : {"", "# Title\n", "---\nlicense: mit\n", "\n---\na: 1\n---\n", "----\na: 1\n----\n"}) {
    INFO(text);
    CHECK_FALSE(parse_front_matter({.path = "card.md", .text = text}));
  }
  const auto empty = parse_front_matter({.path = "card.md", .text = "---\n---\n"});
  REQUIRE(empty);
  REQUIRE(empty->root() != nullptr);
  CHECK(empty->root()->kind == document::NodeKind::null);
}

TEST_CASE("sections: headings outside of fences, comments and front matter") {
  CHECK(sections_of("---\n# no: 1\na: 1\n---\n# Churn\n\n## Intended use ##\n\ntext\n## Empty\n\n## Parent\n### Child\ntext\n## Last") ==
        "1 Churn at 5:1-8\n"
        "2 Intended use at 7:1-19\n"
        "2 Empty (empty) at 10:1-9\n"
        "2 Parent at 12:1-10\n"
        "3 Child at 13:1-10\n"
        "2 Last (empty) at 15:1-8\n");
  CHECK(sections_of("```\n# code\n```\n<!-- # no -->\n<!--\n# no\n-->\n~~~\n# code\n~~~\n#not\n####### seven\n## Yes\r\n") ==
        "2 Yes (empty) at 13:1-7\n");
}
