#include "scaffold/template.h"

#include <doctest/doctest.h>

using namespace mops::scaffold;

namespace {

const Values k_values = {{"name", "churn"}, {"owner_team", "risk {{ name }}"}};

}  // namespace

TEST_CASE("render: known names only, everything else untouched") {
  CHECK(render("", k_values) == "");
  CHECK(render("{{ name }}@v1, {{name}}, {{  name  }}", k_values) == "churn@v1, churn, churn");
  CHECK(render("{{ owner_team }}", k_values) == "risk {{ name }}");
  CHECK(render("${{ name }} ${{ vars.X }} ${{ !cancelled() }}", k_values) == "${{ name }} ${{ vars.X }} ${{ !cancelled() }}");
  CHECK(render("{{ nmae }} {{ Name }} {{ name }", k_values) == "{{ nmae }} {{ Name }} {{ name }");
  CHECK(render("f\"{{x}}\" {{{ name }}} {{", k_values) == "f\"{{x}}\" {churn} {{");
  CHECK(render("{{ {{ name }} }}", k_values) == "{{ churn }}");
}

TEST_CASE("unknown_placeholders: slips in templates") {
  CHECK(unknown_placeholders("{{ nmae }} {{ name }} {{ x.y }} ${{ z }} {{ owner }}", k_values) ==
        std::vector<std::string>{"nmae", "owner"});
}
