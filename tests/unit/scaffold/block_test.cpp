#include "scaffold/block.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace mops;
using namespace mops::scaffold;

namespace {

std::string problems_of(std::string_view text) {
  std::string out;
  for (const MarkerProblem& problem : scan_blocks(text).problems) {
    const Span& at = problem.marker;
    CHECK(text.substr(at.begin.offset, 4) != "mops");
    out += fmt::format("{}:{}-{}: {} | {}\n", at.begin.line, at.begin.column, at.end.column, problem.message, problem.help);
  }
  return out;
}

}  // namespace

TEST_CASE("scan_blocks: in the comments of any language") {
  for (const char* sign : {"#", "##", "//", "--", "%", "%%", ";", ";;"}) {
    const std::string text = fmt::format("a\n  {0} mops:begin one-1  \n  x\n{0}mops:end one-1\r\nb", sign);
    INFO(text);
    const BlockScan scan = scan_blocks(text);
    CHECK(scan.problems.empty());
    REQUIRE(scan.blocks.size() == 1);
    const Block& block = scan.blocks.front();
    CHECK(block.name == "one-1");
    CHECK(block.indent == "  ");
    CHECK(text.substr(block.content_begin, block.content_end - block.content_begin) == "  x\n");
    CHECK(text.substr(0, block.begin) == "a\n");
    CHECK(text.substr(block.end) == "b");
    CHECK(block.marker.begin == Position{.line = 2, .column = 3, .offset = 4});
  }
  const std::string markup = "<!-- mops:begin x -->\ntext\n\t<!--mops:end x-->";
  CHECK(scan_blocks(markup).find("x")->end == markup.size());
}

TEST_CASE("scan_blocks: what is no marker") {
  for (const char* text : {"", "mops:begin x\n", "x = 1 # mops:begin x\n", "# see mops:begin x\n", "# mops:beginning\n", "# mops:ends here\n", "<!-- mops:begin x\n", "<!-->\n"}) {
    INFO(text);
    CHECK(scan_blocks(text).blocks.empty());
    CHECK(problems_of(text) == "");
  }
}

TEST_CASE("scan_blocks: damaged markers") {
  CHECK(problems_of("x\n # mops:begin a\ny\n") == "2:2-16: block `a` has no end | write `mops:end a` below its last line\n");
  CHECK(problems_of("# mops:end a\n") == "1:1-13: found `mops:end a` without a `mops:begin a` before it | remove it, or write the other line above the block\n");
  CHECK(problems_of("# mops:begin a\n# mops:begin a\n# mops:end a\n") ==
        "2:1-15: block `a` begins a second time before its end | remove one of its lines `mops:begin a`\n");
  CHECK(problems_of("# mops:begin a\n# mops:begin b\n# mops:end b\n# mops:end a\n") ==
        "2:1-15: block `b` begins inside block `a` | write `mops:end a` above it\n");
  CHECK(problems_of("# mops:begin a\n# mops:begin b\n# mops:end a\n# mops:end b\n") ==
        "2:1-15: block `b` begins inside block `a` | write `mops:end a` above it\n");
  CHECK(problems_of("# mops:begin a\n# mops:end a\n# mops:begin a\n# mops:end a\n") == "3:1-15: block `a` is there a second time | remove one of the two\n");
  CHECK(problems_of("# mops:begin a\n# mops:end b\n") ==
        "2:1-13: found `mops:end b` inside block `a` | write `mops:end a`\n"
        "1:1-15: block `a` has no end | write `mops:end a` below its last line\n");
  CHECK(problems_of("# mops:begin\n") == "1:1-13: found `mops:begin` without a name of lower-case letters, digits and `-` | write `mops:begin NAME`, and nothing else in the line\n");
  CHECK(problems_of("# mops:end Ä b\n") == "1:1-15: found `mops:end` without a name of lower-case letters, digits and `-` | write `mops:end NAME`, and nothing else in the line\n");
  CHECK(problems_of("# mops:begin:a\n") == "1:1-15: found `mops:begin` without a name of lower-case letters, digits and `-` | write `mops:begin NAME`, and nothing else in the line\n");
}

TEST_CASE("reindented") {
  CHECK(reindented("  - a\n\n    b\n", "  ", "") == "- a\n\n  b\n");
  CHECK(reindented("- a\r\n\r\n  b", "", "\t") == "\t- a\r\n\r\n\t  b");
  CHECK(reindented(" a\n", " ", " ") == " a\n");
}
