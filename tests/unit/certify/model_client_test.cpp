#include "certify/model_client.h"

#include "specimen.h"

using namespace mops;
using namespace mops::certify;

namespace {

/// Message, causes and help of the error of asking for rows [0, 2), or of one row.
std::string refusal(Result<http::Response> answer, tensor::RowRange rows = {.first = 0, .end = 2}) {
  ScriptedModel model({k_probability});
  model.says(std::move(answer));
  const auto read = model.client.ask(dataset_of("age\n1\n2\n"), rows, {});
  REQUIRE_FALSE(read);
  const Error& error = read.error();
  return fmt::format("{}: {}\n{}\n{}", error.code == ErrorCode::refused ? "refused" : "outside", error.message, join(error.causes, "; "), error.help);
}

}  // namespace

TEST_CASE("ModelClient: rows as one request") {
  ScriptedModel model({k_probability, k_label});
  model.answers("label:INT64[1,0] probability:FP64[0.75,0.25]");
  const auto answer = model.client.ask(dataset_of("age,left\n1.5,1\n2,0\n"), {.first = 0, .end = 2}, {});
  REQUIRE_MESSAGE(answer, answer.error().message);
  CHECK(tensor::to_text(answer->find("probability")->at(1)) == "0.25");
  CHECK(tensor::to_text(answer->find("label")->at(0)) == "1");
  REQUIRE(model.transport.requests.size() == 1);
  const http::Request& request = model.transport.requests[0];
  CHECK(request.body == R"({"inputs":[{"name":"age","shape":[2],"datatype":"FP64","data":[1.5,2.0]}]})");
  CHECK(http::find_header(request.headers, "content-type") == "application/json");
  CHECK(request.timeout == std::chrono::seconds(30));
}

TEST_CASE("ModelClient: answers that are none") {
  CHECK(refusal(http::Response{.status = 500, .body = "boom"}) == "refused: the model answered 500 to rows 1 to 2 of `holdout.csv`\n\nboom");
  CHECK(refusal(http::Response{.status = 404, .body = ""}, {.first = 1, .end = 2}) == "refused: the model answered 404 to row 2 of `holdout.csv`\n\n");
  const std::string different = "refused: the model's answer to rows 1 to 2 of `holdout.csv` is not what the interface says\n";
  const std::string help = "\nchange the serving code, or `interface` in mops.yaml";
  CHECK(refusal(http::Response{.status = 200, .body = answer_of("probability:FP64[1]")}) ==
        different + "output `probability`: found shape [1], expected [2]" + help);
  CHECK(refusal(http::Response{.status = 200, .body = "<html>"}).starts_with(different));
  CHECK(refusal(http::Response{.status = 200, .body = ""}).starts_with(different));
  CHECK(refusal(fail(ErrorCode::outside, "nobody answers")) == "outside: nobody answers\n\n");
}

TEST_CASE("ModelClient: a long complaint is cut between characters") {
  const std::string body(199, 'x');
  CHECK(refusal(http::Response{.status = 500, .body = body + "é and more"}).ends_with("\n" + body + " …"));
  CHECK(refusal(http::Response{.status = 500, .body = body + "yz"}).ends_with("\n" + body + "y …"));
  CHECK(refusal(http::Response{.status = 500, .body = body + "y"}).ends_with("\n" + body + "y"));
}

TEST_CASE("ModelClient: a cell that the interface does not allow is never sent") {
  ScriptedModel model({k_probability});
  const auto read = model.client.ask(dataset_of("age\nold\n"), {.first = 0, .end = 1}, {});
  REQUIRE_FALSE(read);
  CHECK(read.error().code == ErrorCode::invalid);
}

TEST_CASE("ModelClient: stopped") {
  ScriptedModel model({k_probability});
  std::stop_source stop;
  stop.request_stop();
  const auto read = model.client.ask(dataset_of("age\n1\n"), {.first = 0, .end = 1}, stop.get_token());
  REQUIRE_FALSE(read);
  CHECK(read.error().code == ErrorCode::interrupted);
}
