#include "certify/request_draft.h"

#include "specimen.h"
#include "tensor/request.h"

using namespace mops;
using namespace mops::certify;

TEST_CASE("draft_of_rows: an unchanged draft is the request of the rows") {
  const model::Interface interface{.inputs = {{.name = "a \"b\"", .datatype = model::Datatype::fp64},
                                              {.name = "n", .datatype = model::Datatype::int64, .shape = {-1, 1}, .nullable = true},
                                              {.name = "t", .datatype = model::Datatype::bytes}}};
  const tensor::Dataset dataset = dataset_of("n,t,\"a \"\"b\"\"\"\n1,\"x,\"\"y\",3\n,é,-0.5\n7,z,1e300\n");
  const auto draft = draft_of_rows(dataset, interface, {1, 2});
  REQUIRE_MESSAGE(draft, draft.error().message);
  CHECK(draft->to_json() == tensor::infer_request(dataset, interface, {.first = 1, .end = 3}).value_or("none"));
}

TEST_CASE("draft_of_rows: rows in any order, also twice") {
  const model::Interface interface{.inputs = {k_age}};
  const auto draft = draft_of_rows(dataset_of("age\n1\n2\n"), interface, {1, 0, 1});
  REQUIRE(draft);
  CHECK(draft->to_json() == R"({"inputs":[{"name":"age","shape":[3],"datatype":"FP64","data":[2.0,1.0,2.0]}]})");
  CHECK_FALSE(draft_of_rows(dataset_of("age\nold\n"), interface, {0}));
}
