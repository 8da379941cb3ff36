#include "certify/metadata.h"

#include "specimen.h"

using namespace mops;
using namespace mops::certify;

namespace {

const model::Interface k_interface{.inputs = {{.name = "a", .datatype = model::Datatype::fp64}, {.name = "b", .datatype = model::Datatype::bytes, .shape = {-1, 1}}},
                                   .outputs = {k_probability}};

std::string differences(std::string body) { return join(differences_of_metadata(std::move(body), "churn", k_interface), "; "); }

std::string metadata(std::string_view inputs, std::string_view outputs = R"({"name":"probability","datatype":"FP64","shape":[-1]})", std::string_view name = "churn") {
  return fmt::format(R"({{"name":"{}","versions":["1"],"platform":"p","inputs":[{}],"outputs":[{}]}})", name, inputs, outputs);
}

constexpr std::string_view k_a = R"({"name":"a","datatype":"FP64","shape":[-1]})";
constexpr std::string_view k_b = R"({"name":"b","datatype":"BYTES","shape":[-1,1]})";

}  // namespace

TEST_CASE("differences_of_metadata: the manifest's interface, in any order") {
  CHECK(differences(metadata(fmt::format("{},{}", k_a, k_b))) == "");
  CHECK(differences(metadata(fmt::format("{},{}", k_b, k_a))) == "");
}

TEST_CASE("differences_of_metadata: each difference in words") {
  CHECK(differences(metadata(fmt::format("{},{}", k_a, k_b), R"({"name":"probability","datatype":"FP32","shape":[1]})", "other")) ==
        "found name `other`, expected `churn`; output `probability`: found datatype `FP32`, expected `FP64`; output `probability`: found shape [1], expected [-1]");
  CHECK(differences(metadata(k_a)) == "input `b` is missing");
  CHECK(differences(metadata(fmt::format("{},{},{}", k_a, k_b, R"({"name":"c"},7)"))) == "input `c` is not in mops.yaml; input nothing is not in mops.yaml");
  CHECK(differences(metadata(fmt::format("{},{}", k_b, R"({"name":"a"})"))) == "input `a`: found datatype nothing, expected `FP64`; input `a`: found shape nothing, expected [-1]");
}

TEST_CASE("differences_of_metadata: what is cut is cut between characters") {
  const std::string long_name(59, 'n');
  CHECK(differences(metadata(fmt::format("{},{}", k_a, k_b), R"({"name":"probability","datatype":"FP64","shape":[-1]})", long_name + "ü")) ==
        fmt::format("found name `{}`, expected `churn`", long_name));
}

TEST_CASE("differences_of_metadata: no metadata") {
  CHECK(differences("") == "it is not a JSON object");
  CHECK(differences("[]") == "it is not a JSON object");
  CHECK(differences(R"({"name":"churn","inputs":{}})") == "`inputs` is a map, expected a list; `outputs` is missing, expected a list");
}
