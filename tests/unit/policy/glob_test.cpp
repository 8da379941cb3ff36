#include "policy/glob.h"

#include <doctest/doctest.h>

using mops::policy::fits_glob;

TEST_CASE("glob") {
  SUBCASE("a star is any part of one name") {
    CHECK(fits_glob("mops.yaml", "mops.yaml"));
    CHECK_FALSE(fits_glob("mops.yaml", "a/mops.yaml"));
    CHECK(fits_glob("*.yaml", "mops.yaml"));
    CHECK_FALSE(fits_glob("*.yaml", "ops/mops.yaml"));
    CHECK(fits_glob("ops/*.yaml", "ops/mops.yaml"));
    CHECK(fits_glob("a*b*c", "aXbYbc"));
    CHECK_FALSE(fits_glob("a*b*c", "aXbYbcd"));
    CHECK(fits_glob("*", ""));
  }
  SUBCASE("a question mark is one character") {
    CHECK(fits_glob("?.md", "ü.md"));
    CHECK_FALSE(fits_glob("?.md", "ab.md"));
    CHECK_FALSE(fits_glob("?.md", ".md"));
  }
  SUBCASE("two stars are any folders, none among them") {
    CHECK(fits_glob("**/*.md", "a.md"));
    CHECK(fits_glob("**/*.md", "docs/deep/a.md"));
    CHECK(fits_glob("docs/**", "docs/deep/a.md"));
    CHECK(fits_glob("docs/**/a.md", "docs/a.md"));
    CHECK_FALSE(fits_glob("docs/**/a.md", "other/a.md"));
    CHECK(fits_glob("**", "any/thing"));
  }
  SUBCASE("many stars end") { CHECK_FALSE(fits_glob("*a*a*a*a*a*a*a*a*a*a*a*b", std::string(10'000, 'a'))); }
}
