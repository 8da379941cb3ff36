#pragma once

#include "http/transport.h"

#include <deque>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <utility>

namespace mops::fakes {

/// Answers in the order of the script. An unexpected request, and an expected one that never came, fail the test.
class ScriptedTransport final : public http::Transport {
 public:
  ScriptedTransport() = default;
  ScriptedTransport(const ScriptedTransport&) = delete;
  ScriptedTransport& operator=(const ScriptedTransport&) = delete;
  ~ScriptedTransport() override {
    for (const Step& step : steps_) FAIL_CHECK(fmt::format("was never asked: {} {}", step.method, step.url));
  }

  /// The next request is `METHOD URL` and gets this answer.
  void expect(std::string method, std::string url, Result<http::Response> answer) {
    steps_.push_back({.method = std::move(method), .url = std::move(url), .answer = std::move(answer)});
  }

  Result<http::Response> send(const http::Request& request, std::stop_token stop) override {
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
    requests.push_back(request);
    if (steps_.empty()) {
      FAIL_CHECK(fmt::format("unexpected: {} {}", request.method, request.url));
      return fail(ErrorCode::outside, "the script has ended");
    }
    Step step = std::move(steps_.front());
    steps_.pop_front();
    CHECK(fmt::format("{} {}", request.method, request.url) == fmt::format("{} {}", step.method, step.url));
    return std::move(step.answer);
  }

  std::vector<http::Request> requests;  ///< all that came, for a look at headers and bodies

 private:
  struct Step {
    std::string method;
    std::string url;
    Result<http::Response> answer;
  };
  std::deque<Step> steps_;
};

}  // namespace mops::fakes
