#include "gateway/exchange.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <initializer_list>
#include <string>

using namespace mops::gateway;
using Kind = Event::Kind;

namespace {

std::string told(const Actions& actions) {
  constexpr std::string_view k_names[] = {"reuse_or_connect", "connect", "send", "relay", "wait", "keep", "drop", "answer", "tear", "finish"};
  std::string text;
  for (const Action& action : actions) {
    if (!text.empty()) text += ' ';
    text += k_names[static_cast<size_t>(action.kind)];
    const bool has_value = action.kind == Action::Kind::connect || action.kind == Action::Kind::reuse_or_connect ||
                           action.kind == Action::Kind::wait || action.kind == Action::Kind::answer;
    if (has_value) text += fmt::format(":{}", action.value);
  }
  return text;
}

struct Step {
  Event event;
  std::string_view expected;
};

Exchange play(uint32_t endpoints, uint32_t first, Keeping keeping, std::initializer_list<Step> steps) {
  using std::chrono::milliseconds;
  Exchange exchange({.connect_timeout = milliseconds(2), .answer_timeout = milliseconds(60)}, endpoints, first, keeping);
  size_t index = 0;
  for (const Step& step : steps) {
    CAPTURE(index++);
    CHECK(told(exchange.on(step.event)) == step.expected);
  }
  return exchange;
}

}  // namespace

TEST_CASE("a request over a pooled connection") {
  const Exchange done = play(1, 0, Keeping::whole,
                             {{{Kind::dispatch}, "wait:2 reuse_or_connect:0"},
                              {{Kind::reused}, "wait:60 send"},
                              {{Kind::sent}, ""},
                              {{Kind::heard}, "wait:60"},
                              {{Kind::head, 200}, "relay"},
                              {{Kind::end, 1}, "keep finish"},
                              {{Kind::closed}, ""}});
  CHECK(done.complete());
  CHECK(done.status() == 200);
  CHECK_FALSE(done.failed());
}

TEST_CASE("a pooled connection that had closed is replaced once, elsewhere if possible") {
  SUBCASE("another endpoint") {
    const Exchange done = play(2, 1, Keeping::whole,
                               {{{Kind::dispatch}, "wait:2 reuse_or_connect:1"},
                                {{Kind::reused}, "wait:60 send"},
                                {{Kind::sent}, ""},
                                {{Kind::closed, 1}, "drop wait:2 connect:0"},
                                {{Kind::connected}, "wait:60 send"},
                                {{Kind::closed}, "drop answer:502 finish"}});
    CHECK(done.retried());
    CHECK(done.failed());
  }
  SUBCASE("the only endpoint") {
    play(1, 0, Keeping::whole,
         {{{Kind::dispatch}, "wait:2 reuse_or_connect:0"},
          {{Kind::reused}, "wait:60 send"},
          {{Kind::closed}, "drop wait:2 connect:0"},
          {{Kind::connect_failed}, "drop answer:502 finish"}});
  }
  SUBCASE("not if a byte may have come to somebody") {
    const Exchange done = play(2, 0, Keeping::whole,
                               {{{Kind::dispatch}, "wait:2 reuse_or_connect:0"},
                                {{Kind::reused}, "wait:60 send"},
                                {{Kind::sent}, ""},
                                {{Kind::closed}, "drop answer:502 finish"}});
    CHECK_FALSE(done.retried());
    CHECK(done.failed());
  }
  SUBCASE("not after a byte of the answer") {
    play(2, 0, Keeping::whole,
         {{{Kind::dispatch}, "wait:2 reuse_or_connect:0"},
          {{Kind::reused}, "wait:60 send"},
          {{Kind::sent}, ""},
          {{Kind::heard}, "wait:60"},
          {{Kind::closed}, "drop answer:502 finish"}});
  }
  SUBCASE("not over a fresh connection") {
    play(2, 0, Keeping::whole,
         {{{Kind::dispatch}, "wait:2 reuse_or_connect:0"},
          {{Kind::connected}, "wait:60 send"},
          {{Kind::sent}, ""},
          {{Kind::closed}, "drop answer:502 finish"}});
  }
}

TEST_CASE("what is not kept goes over a fresh connection and is never sent twice") {
  play(2, 0, Keeping::nothing,
       {{{Kind::dispatch}, "wait:2 connect:0"},
        {{Kind::connect_failed}, "drop wait:2 connect:1"},
        {{Kind::connected}, "wait:60 send"},
        {{Kind::sent}, ""},
        {{Kind::moved}, "wait:60"},
        {{Kind::closed}, "drop answer:502 finish"}});
}

TEST_CASE("a body that cannot be taken to its end is the client's fault") {
  const Step dispatch{{Kind::dispatch}, "wait:2 connect:0"};
  const Step connected{{Kind::connected}, "wait:60 send"};
  SUBCASE("before an answer") {
    const Exchange done = play(1, 0, Keeping::nothing, {dispatch, connected, {{Kind::sent}, ""}, {{Kind::refused, 413}, "drop answer:413 finish"}});
    CHECK_FALSE(done.failed());
    CHECK(done.status() == 413);
  }
  SUBCASE("in the middle of one") {
    const Exchange done = play(1, 0, Keeping::nothing, {dispatch, connected, {{Kind::head, 200}, "relay"}, {{Kind::refused, 400}, "drop tear finish"}});
    CHECK_FALSE(done.failed());
    CHECK(done.torn());
  }
}

TEST_CASE("no endpoint can be reached") {
  SUBCASE("refused") {
    play(2, 1, Keeping::whole,
         {{{Kind::dispatch}, "wait:2 reuse_or_connect:1"}, {{Kind::connect_failed}, "drop wait:2 connect:0"}, {{Kind::connect_failed}, "drop answer:502 finish"}});
  }
  SUBCASE("silent") {
    play(2, 1, Keeping::whole,
         {{{Kind::dispatch}, "wait:2 reuse_or_connect:1"}, {{Kind::timeout}, "drop wait:2 connect:0"}, {{Kind::timeout}, "drop answer:504 finish"}});
  }
}

TEST_CASE("answers that fail") {
  const Step dispatch{{Kind::dispatch}, "wait:2 reuse_or_connect:0"};
  const Step connected{{Kind::connected}, "wait:60 send"};
  const Step head{{Kind::head, 200}, "relay"};
  SUBCASE("out of time") { CHECK(play(2, 0, Keeping::whole, {dispatch, connected, {{Kind::timeout}, "drop answer:504 finish"}}).status() == 504); }
  SUBCASE("garbage") { CHECK(play(2, 0, Keeping::whole, {dispatch, connected, {{Kind::garbled}, "drop answer:502 finish"}}).status() == 502); }
  SUBCASE("torn") {
    const Exchange done = play(2, 0, Keeping::whole, {dispatch, connected, head, {{Kind::closed}, "drop tear finish"}});
    CHECK(done.torn());
    CHECK(done.failed());
    CHECK_FALSE(done.complete());
  }
  SUBCASE("stalled") { CHECK(play(1, 0, Keeping::whole, {dispatch, connected, head, {{Kind::timeout}, "drop tear finish"}}).torn()); }
  SUBCASE("5xx of the model") {
    CHECK(play(1, 0, Keeping::whole, {dispatch, connected, {{Kind::head, 500}, "relay"}, {{Kind::end, 0}, "drop finish"}}).failed());
  }
  SUBCASE("the client goes") {
    const Exchange done = play(1, 0, Keeping::whole, {dispatch, connected, head, {{Kind::client_gone}, "drop finish"}});
    CHECK(done.client_gone());
    CHECK_FALSE(done.failed());
    CHECK(done.status() == 499);
  }
}
