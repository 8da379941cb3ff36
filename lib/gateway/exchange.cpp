#include "gateway/exchange.h"

namespace mops::gateway {

namespace {
constexpr uint32_t k_client_gone = 499;  // as nginx counts it
}

Exchange::Exchange(const ExchangeOptions& options, uint32_t endpoints, uint32_t first, Keeping keeping)
    : options_(options), state_(State::ready), keeping_(keeping), endpoints_(endpoints), endpoint_(first), fresh_left_(endpoints) {}

Actions Exchange::on(Event event) {
  Actions actions;
  if (state_ == State::over) return actions;
  switch (event.kind) {
    case Event::Kind::dispatch:
      state_ = State::connecting;
      wait(actions, options_.connect_timeout);
      // What cannot be sent twice is not trusted to a connection that the other side may just be closing.
      actions.add(keeping_ == Keeping::whole ? Action::Kind::reuse_or_connect : Action::Kind::connect, endpoint_);
      break;
    case Event::Kind::connected:
    case Event::Kind::reused:
      state_ = State::waiting;
      reused_ = event.kind == Event::Kind::reused;
      sent_ = heard_ = false;
      wait(actions, options_.answer_timeout);
      actions.add(Action::Kind::send_request);
      break;
    case Event::Kind::connect_failed: try_next(actions, 502); break;
    case Event::Kind::sent: sent_ = true; break;
    case Event::Kind::moved: wait(actions, options_.answer_timeout); break;
    case Event::Kind::heard:
      heard_ = true;
      wait(actions, options_.answer_timeout);
      break;
    case Event::Kind::head:
      state_ = State::relaying;
      status_ = event.value;
      failed_ = status_ >= 500;
      actions.add(Action::Kind::relay_head);
      break;
    case Event::Kind::end:
      state_ = State::over;
      complete_ = true;
      actions.add(event.value == 1 ? Action::Kind::keep_upstream : Action::Kind::drop_upstream);
      actions.add(Action::Kind::finish);
      break;
    case Event::Kind::closed:
      if (state_ == State::waiting && reused_ && !heard_ && !retried_ && (!sent_ || (event.value == 1 && keeping_ == Keeping::whole))) {
        retried_ = true;
        state_ = State::connecting;
        endpoint_ = (endpoint_ + 1) % endpoints_;
        actions.add(Action::Kind::drop_upstream);
        wait(actions, options_.connect_timeout);
        actions.add(Action::Kind::connect, endpoint_);
      } else {
        lose_upstream(actions, 502);
      }
      break;
    case Event::Kind::garbled: lose_upstream(actions, 502); break;
    case Event::Kind::timeout:
      if (state_ == State::connecting) {
        try_next(actions, 504);
      } else {
        lose_upstream(actions, 504);
      }
      break;
    case Event::Kind::client_gone:
      state_ = State::over;
      status_ = k_client_gone;
      failed_ = false;
      client_gone_ = true;
      actions.add(Action::Kind::drop_upstream);
      actions.add(Action::Kind::finish);
      break;
    case Event::Kind::refused:
      lose_upstream(actions, event.value);
      // The client is to blame.
      failed_ = false;
      break;
  }
  return actions;
}

void Exchange::try_next(Actions& actions, uint32_t status_when_none) {
  actions.add(Action::Kind::drop_upstream);
  if (--fresh_left_ == 0) return fail_with(actions, status_when_none);
  endpoint_ = (endpoint_ + 1) % endpoints_;
  wait(actions, options_.connect_timeout);
  actions.add(Action::Kind::connect, endpoint_);
}

void Exchange::lose_upstream(Actions& actions, uint32_t status) {
  actions.add(Action::Kind::drop_upstream);
  if (state_ != State::relaying) return fail_with(actions, status);
  state_ = State::over;
  failed_ = torn_ = true;
  actions.add(Action::Kind::tear_client);
  actions.add(Action::Kind::finish);
}

void Exchange::fail_with(Actions& actions, uint32_t status) {
  state_ = State::over;
  status_ = status;
  failed_ = true;
  actions.add(Action::Kind::answer, status);
  actions.add(Action::Kind::finish);
}

}  // namespace mops::gateway
