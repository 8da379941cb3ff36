#include "certify/contract.h"

#include "certify/probe.h"
#include "document/document.h"
#include "specimen.h"

#include <set>

using namespace mops;
using namespace mops::certify;

namespace {

using document::Node;
using document::NodeKind;

/// What a model does wrong.
enum class Broken { nothing, metadata, lenient, plain_errors, error_500, silent, ends, changing, batch, range, category, refuses_null, forgets };

/// A model of one nullable number and one category, which keeps the contract but for what a test breaks.
class SmallModel final : public http::Transport {
 public:
  explicit SmallModel(Broken broken) : broken_(broken) {}

  Result<http::Response> send(const http::Request& request, std::stop_token stop) override {
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
    ++requests;
    if (has_ended_) return fail(ErrorCode::outside, "connection refused");
    const std::string path = request.url.substr(request.url.find("/v2"));
    if (path == "/v2/health/live") return http::Response{.status = 200, .body = "{}"};
    if (path == "/v2/models/churn") return http::Response{.status = 200, .body = metadata()};
    return infer(request.body);
  }

  int requests = 0;

 private:
  [[nodiscard]] std::string metadata() const {
    return fmt::format(R"({{"name":"churn","inputs":[{{"name":"age","datatype":"{}","shape":[-1]}},{{"name":"kind","datatype":"BYTES","shape":[-1]}}],)"
                       R"("outputs":[{{"name":"probability","datatype":"FP64","shape":[-1]}},{{"name":"word","datatype":"BYTES","shape":[-1]}}]}})",
                       broken_ == Broken::metadata ? "INT64" : "FP64");
  }

  Result<http::Response> refuse(bool is_unknown = false) {
    ++refused_;
    switch (broken_) {
      case Broken::lenient: if (is_unknown) return http::Response{.status = 200, .body = "{}"}; break;
      case Broken::plain_errors: return http::Response{.status = 400, .body = "<html>Bad Request</html>"};
      case Broken::error_500: return http::Response{.status = 500, .body = R"({"error":"boom"})"};
      case Broken::silent: if (is_unknown) return fail(ErrorCode::outside, "timed out"); break;
      case Broken::ends:
        if (!is_unknown) break;
        has_ended_ = true;
        return fail(ErrorCode::outside, "connection reset");
      default: break;
    }
    return http::Response{.status = 422, .body = R"({"error":"this is not what the interface says"})"};
  }

  Result<http::Response> infer(const std::string& body) {
    const auto document = document::parse_json({.path = "body", .text = body});
    if (!document.is_sound()) return refuse();
    const Node* inputs = document.root()->find("inputs");
    if (inputs == nullptr || inputs->kind != NodeKind::list) return refuse();
    const Node* age = nullptr;
    bool has_kind = false;
    bool is_unknown = false;
    size_t rows = 0;
    for (const Node& input : inputs->items) {
      const Node* name = input.find("name");
      const Node* data = input.find("data");
      if (name == nullptr || data == nullptr || data->kind != NodeKind::list) return refuse();
      const bool is_age = name->text == "age";
      if (!is_age && name->text != "kind") {
        is_unknown = true;
        continue;
      }
      if (input.find("datatype")->text != (is_age ? "FP64" : "BYTES")) return refuse();
      rows = data->items.size();
      if (input.find("shape")->items.size() != 1 || input.find("shape")->items[0].text != std::to_string(rows)) return refuse();
      for (const Node& value : data->items) {
        const bool is_null = is_age && value.kind == NodeKind::null;
        if (is_null && broken_ == Broken::refuses_null) return refuse();
        if (!is_null && (is_age ? !value.is_number() : value.kind != NodeKind::string)) return refuse();
      }
      if (is_age) age = data;
      else has_kind = true;
    }
    if (age == nullptr || !has_kind || rows == 0) return refuse();
    if (is_unknown) return refuse(true);
    return http::Response{.status = 200, .body = answer(*age)};
  }

  std::string answer(const Node& age) {
    std::string probabilities;
    std::string words;
    for (const Node& value : age.items) {
      double probability = value.kind == NodeKind::null || value.number > 100 || value.number < 0 ? 0.5 : value.number / 100;
      if (broken_ == Broken::batch && &value != &age.items.front()) probability /= 2;
      if (broken_ == Broken::range && value.number == 30) probability = 1.5;
      if (broken_ == Broken::forgets && refused_ > 0) probability = 0.123;
      const std::string_view comma = probabilities.empty() ? "" : ",";
      probabilities += fmt::format("{}{}", comma, probability);
      words += fmt::format("{}\"{}\"", comma, broken_ == Broken::category && value.number == 30 ? "maybe" : "yes");
    }
    return fmt::format(R"({{"outputs":[{{"name":"probability","datatype":"FP64","shape":[{0}],"data":[{1}]}},{{"name":"word","datatype":"BYTES","shape":[{0}],"data":[{2}]}}]}})",
                       age.items.size(), probabilities, words);
  }

  Broken broken_;
  bool has_ended_ = false;
  int refused_ = 0;
};

model::Manifest manifest_of(model::Level level) {
  return {.name = "churn", .level = level,
          .interface = {.inputs = {{.name = "age", .datatype = model::Datatype::fp64, .nullable = true}, {.name = "kind", .datatype = model::Datatype::bytes}},
                        .outputs = {{.name = "probability", .datatype = model::Datatype::fp64, .minimum = 0, .maximum = 1},
                                    {.name = "word", .datatype = model::Datatype::bytes, .categories = {"no", "yes"}}}},
          .serving = {.model = "churn"}};
}

std::string line_of(const evidence::Check& check) {
  return fmt::format("{} {} of {} {}{}", check.name, check.value ? fmt::format("{}", *check.value) : "-", check.n, to_string(check.verdict),
                     check.note.empty() ? "" : ": " + check.note);
}

const tensor::Dataset& rows() {
  static const tensor::Dataset dataset = dataset_of("age,kind\n10,a\n20,b\n30,a\n40,a\n");
  return dataset;
}

/// All lines, or those that did not pass.
std::vector<std::string> contract(Broken broken, model::Level level = model::Level::production, bool all = false) {
  SmallModel transport(broken);
  const model::Manifest manifest = manifest_of(level);
  const ContractOrder order{.manifest = manifest, .dataset = rows(), .endpoint = {.host = "127.0.0.1", .port = 4000}};
  auto outputs = check_outputs(order, transport, {}, {});
  REQUIRE_MESSAGE(outputs, outputs.error().message);
  auto checks = check_contract(order, transport, {}, {});
  REQUIRE_MESSAGE(checks, checks.error().message);
  checks->insert(checks->begin(), *outputs);
  std::vector<std::string> lines;
  for (const evidence::Check& check : *checks)
    if (all || check.verdict != Verdict::passed) lines.push_back(line_of(check));
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("check_contract: a model that keeps it") {
  CHECK(contract(Broken::nothing, model::Level::production, true) == Lines{
      "contract/outputs 0 of 4 PASSED", "contract/metadata 0 of 4 PASSED", "contract/batch 0 of 4 PASSED",
      "contract/missing-values 0 of 3 PASSED: answered 1 × 200, 2 × 422", "contract/empty-batches 0 of 2 PASSED: answered 2 × 422",
      "contract/wrong-types 0 of 6 PASSED: answered 6 × 422", "contract/unknown-columns 0 of 1 PASSED: answered 1 × 422",
      "contract/extreme-values 0 of 4 PASSED: answered 4 × 200", "contract/broken-bodies 0 of 11 PASSED: answered 11 × 422",
      "contract/huge-bodies 0 of 1 PASSED: answered 1 × 422", "contract/recovery 0 of 1 PASSED"});
}

TEST_CASE("check_contract: each violation by its words") {
  CHECK(contract(Broken::metadata) == Lines{"contract/metadata 1 of 4 FAILED: GET /v2/models/churn: input `age`: found datatype `INT64`, expected `FP64`"});
  CHECK(contract(Broken::batch) == Lines{"contract/batch 3 of 4 FAILED: rows 2, 3, 4 are answered otherwise in a batch of 4 than alone"});
  CHECK(contract(Broken::refuses_null) ==
        Lines{"contract/missing-values 1 of 3 FAILED: a missing value in input `age`: answered 422, expected 200, for the manifest allows it"});
  CHECK(contract(Broken::silent) == Lines{"contract/unknown-columns 1 of 1 FAILED: an additional input `mops_unknown_column`: the connection ended without an answer, expected 4xx"});
  CHECK(contract(Broken::forgets) == Lines{"contract/recovery 1 of 1 FAILED: row 1 is answered otherwise than before the requests of the contract"});
}

TEST_CASE("check_contract: an answer that the interface does not allow is told by its row, without its value") {
  CHECK(contract(Broken::range) == Lines{"contract/outputs 1 of 4 FAILED: row 3: output `probability`: expected at most 1",
                                         "contract/batch - of 4 FAILED: 4 rows in one request: output `probability`: row 3: expected at most 1"});
  CHECK(contract(Broken::category).front() == "contract/outputs 1 of 4 FAILED: row 3: output `word`: expected `no` or `yes`");
}

TEST_CASE("check_contract: 5xx fails at every level") {
  for (const model::Level level : {model::Level::prototype, model::Level::production}) {
    const Lines lines = contract(Broken::error_500, level);
    REQUIRE(lines.size() == 6);
    CHECK(lines[2] == "contract/wrong-types 6 of 6 FAILED: a value of another type in input `age`: answered 500, expected 4xx; 5 more");
    CHECK(lines[5] == "contract/huge-bodies 1 of 1 FAILED: a body of 32 MiB: answered 500, expected 4xx");
  }
}

TEST_CASE("check_contract: what is lenient warns a prototype and fails at production") {
  const std::string unknown = "contract/unknown-columns 1 of 1 {}: an additional input `mops_unknown_column`: answered 200, expected 4xx";
  CHECK(contract(Broken::lenient, model::Level::prototype) == Lines{fmt::format(fmt::runtime(unknown), "WARNED")});
  CHECK(contract(Broken::lenient, model::Level::production) == Lines{fmt::format(fmt::runtime(unknown), "FAILED")});
  CHECK(contract(Broken::plain_errors, model::Level::prototype)[3] ==
        "contract/unknown-columns 1 of 1 WARNED: an additional input `mops_unknown_column`: answered 400 without a readable `error`");
}

TEST_CASE("check_contract: after the model has ended nothing more is sent") {
  const Lines lines = contract(Broken::ends);
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] == "contract/unknown-columns 1 of 1 FAILED: an additional input `mops_unknown_column`: the connection ended without an answer, and it answers nothing since, expected 4xx");
  for (size_t i = 1; i < lines.size(); ++i) CHECK(lines[i].ends_with(" - of 0 INCONCLUSIVE: not sent: the model no longer answers"));
}

TEST_CASE("check_contract: interrupted") {
  SmallModel transport(Broken::nothing);
  const model::Manifest manifest = manifest_of(model::Level::prototype);
  std::stop_source source;
  source.request_stop();
  const auto checks = check_contract({.manifest = manifest, .dataset = rows(), .endpoint = {.host = "127.0.0.1", .port = 4000}}, transport, {}, source.get_token());
  REQUIRE_FALSE(checks);
  CHECK(checks.error().code == ErrorCode::interrupted);
}

TEST_CASE("make_probes: of many inputs, 64 have probes of their own") {
  std::string header;
  std::string cells;
  model::Interface interface;
  for (int i = 0; i < 500; ++i) {
    interface.inputs.push_back({.name = fmt::format("x{}", i), .datatype = i % 2 == 0 ? model::Datatype::int8 : model::Datatype::fp32});
    header += fmt::format("{}x{}", i == 0 ? "" : ",", i);
    cells += i == 0 ? "1" : ",1";
  }
  const auto groups = make_probes(dataset_of(header + "\n" + cells + "\n"), interface, 0);
  REQUIRE(groups);
  std::set<std::string> seen;
  for (const ProbeGroup& group : *groups) {
    CHECK(group.probes.size() <= 64 * 5);
    for (const Probe& probe : group.probes) CHECK_MESSAGE(seen.insert(group.check + probe.what).second, probe.what);
  }
  CHECK(seen.contains("contract/missing-valuesa missing value in input `x0`"));
  CHECK(seen.contains("contract/wrong-typesanother datatype in input `x499`"));
}
