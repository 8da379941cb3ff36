#include "certify/answers.h"

#include "specimen.h"

using namespace mops;
using namespace mops::certify;

namespace {

std::string spread(uint64_t rows, uint64_t count) { return fmt::format("{}", fmt::join(spread_rows(rows, count), " ")); }

constexpr std::string_view k_rows = "age,left\n1,0\n2,1\n3,1\n";

/// Rows 1 and 3 of k_rows, certified with these answers.
evidence::CertifiedAnswers certified(double tolerance, std::string_view first, std::string_view third) {
  ScriptedModel model({k_probability, k_label});
  model.answers(first);
  model.answers(third);
  const auto answers = certify_answers(model.client, dataset_of(std::string(k_rows)), {0, 2}, tolerance, {});
  REQUIRE_MESSAGE(answers, answers.error().message);
  return *answers;
}

std::string verified(const evidence::CertifiedAnswers& certified, std::string_view first, std::string_view third, std::string_view rows = k_rows) {
  ScriptedModel model({k_probability, k_label});
  model.answers(first);
  model.answers(third);
  const auto same = verify_answers(model.client, dataset_of(std::string(rows)), certified, {});
  if (same) return "same";
  CHECK(same.error().code == ErrorCode::refused);
  return same.error().message;
}

}  // namespace

TEST_CASE("rows spread over a data set") {
  CHECK(spread(0, 4) == "");
  CHECK(spread(1, 4) == "0");
  CHECK(spread(4, 4) == "0 1 2 3");
  CHECK(spread(5, 4) == "0 1 2 4");
  CHECK(spread(100, 4) == "0 33 66 99");
  CHECK(spread(100, 2) == "0 99");
  CHECK(spread(100, 1) == "0");
  CHECK(spread(100, 0) == "");
}

TEST_CASE("certified answers: asked row by row, kept as digests") {
  ScriptedModel model({k_probability, k_label});
  model.answers("probability:FP64[0.25] label:INT64[0]");
  model.answers("probability:FP64[0.75] label:INT64[1]");
  const auto answers = certify_answers(model.client, dataset_of(std::string(k_rows)), {0, 2}, 1e-6, {});
  REQUIRE(answers);
  CHECK(answers->tolerance == 1e-6);
  REQUIRE(answers->rows.size() == 2);
  CHECK(answers->rows[0].row == 0);
  CHECK(answers->rows[1].row == 2);
  REQUIRE(answers->rows[0].digests.size() == 2);
  CHECK(answers->rows[0].digests[0].size() == 32);
  CHECK(answers->rows[0].digests[1].size() == 16);
  CHECK(model.transport.requests[1].body == R"({"inputs":[{"name":"age","shape":[1],"datatype":"FP64","data":[3.0]}]})");
}

TEST_CASE("certified answers: match") {
  const auto answers = certified(1e-3, "probability:FP64[0.25] label:INT64[0]", "probability:FP64[0.75] label:INT64[1]");
  CHECK(verified(answers, "probability:FP64[0.25] label:INT64[0]", "probability:FP64[0.75] label:INT64[1]") == "same");
  CHECK(verified(answers, "probability:FP64[0.2508] label:INT64[0]", "probability:FP64[0.7492] label:INT64[1]") == "same");
  CHECK(verified(answers, "label:INT64[0] probability:FP64[0.25]", "label:INT64[1] probability:FP64[0.75]") == "same");
}

TEST_CASE("certified answers: which row and how many differ") {
  const auto answers = certified(1e-3, "probability:FP64[0.25] label:INT64[0]", "probability:FP64[0.75] label:INT64[1]");
  CHECK(verified(answers, "probability:FP64[0.25] label:INT64[0]", "probability:FP64[0.8] label:INT64[1]") ==
        "1 of 2 certified rows are answered otherwise than certified, first row 3 of `holdout.csv`");
  CHECK(verified(answers, "probability:FP64[0.25] label:INT64[1]", "probability:FP64[0.8] label:INT64[1]") ==
        "2 of 2 certified rows are answered otherwise than certified, first row 1 of `holdout.csv`");
  // The digests are keyed by the row: another data set cannot match.
  CHECK(verified(answers, "probability:FP64[0.25] label:INT64[0]", "probability:FP64[0.75] label:INT64[1]", "age,left\n1,0\n2,1\n3.0,1\n") ==
        "1 of 2 certified rows are answered otherwise than certified, first row 3 of `holdout.csv`");
}

TEST_CASE("certified answers: without tolerance every bit counts") {
  const auto answers = certified(0, "probability:FP64[0.1] label:INT64[0]", "probability:FP64[0.75] label:INT64[1]");
  CHECK(verified(answers, "probability:FP64[0.1] label:INT64[0]", "probability:FP64[0.75] label:INT64[1]") == "same");
  CHECK(verified(answers, "probability:FP64[0.10000000000000002] label:INT64[0]", "probability:FP64[0.75] label:INT64[1]") ==
        "1 of 2 certified rows are answered otherwise than certified, first row 1 of `holdout.csv`");
}

TEST_CASE("certified answers: a data set that has become shorter") {
  ScriptedModel model({k_probability});
  const evidence::CertifiedAnswers answers{.tolerance = 0, .rows = {{.row = 9, .digests = {}}}};
  const auto same = verify_answers(model.client, dataset_of(std::string(k_rows)), answers, {});
  REQUIRE_FALSE(same);
  CHECK(same.error().message == "row 10 was certified, but `holdout.csv` has 3 rows");
}

TEST_CASE("certified answers: the client's error is not a difference") {
  const auto answers = certified(0, "probability:FP64[0.1] label:INT64[0]", "probability:FP64[0.75] label:INT64[1]");
  ScriptedModel model({k_probability, k_label});
  model.says(fail(ErrorCode::outside, "nobody answers"));
  const auto same = verify_answers(model.client, dataset_of(std::string(k_rows)), answers, {});
  REQUIRE_FALSE(same);
  CHECK(same.error().code == ErrorCode::outside);
}
