#include "comparison/package_list.h"

#include <doctest/doctest.h>

using namespace mops::comparison;

namespace {

std::string told(std::string_view text) {
  const auto packages = read_package_list(text);
  if (!packages) return "unreadable";
  std::string out;
  for (const auto& [name, version] : *packages) out += name + " " + version + "; ";
  return out;
}

}  // namespace

TEST_CASE("read_package_list: one package a line") {
  CHECK(told("numpy==2.3.5\npandas==2.2.3\n") == "numpy 2.3.5; pandas 2.2.3; ");
  CHECK(told("# comment\n\nnumpy==2.3.5 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n    # via pandas\n--index-url https://x\n") == "numpy 2.3.5; ");
  CHECK(told("numpy==2.3.5 ; python_version >= '3.11'\r\nuvloop[test]==1.0;x\n") == "numpy 2.3.5; uvloop[test] 1.0; ");
  CHECK(told("jsonlite 1.8\ndata.table 1.15.4\n") == "data.table 1.15.4; jsonlite 1.8; ");
  CHECK(told("golang.org/x/text v0.3.0 h1:abc=\n") == "golang.org/x/text v0.3.0; ");
  CHECK(told("numpy=1.26.4=py311h_0\n") == "numpy 1.26.4=py311h_0; ");
  CHECK(told("left-pad@1.3.0\n") == "left-pad 1.3.0; ");
  CHECK(told("model @ https://example.com/model.whl\n") == "model https://example.com/model.whl; ");
}

TEST_CASE("read_package_list: what is written in another way is not guessed") {
  CHECK(told("") == "unreadable");
  CHECK(told("# nothing\n") == "unreadable");
  CHECK(told("{\n  \"Packages\": {}\n}\n") == "unreadable");
  CHECK(told("[[package]]\nname = \"serde\"\nversion = \"1.0\"\n") == "unreadable");
  CHECK(told("numpy\n") == "unreadable");
  CHECK(told("numpy>=2\n") == "unreadable");
  CHECK(told("some words of prose\n") == "unreadable");
}
