#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace mops::gateway {

/// One request and its answer as decisions, without sockets: events go in, actions come out. Bytes never pass through;
/// whoever moves them (Session) reports what happened and does what is asked, in order.
///
/// When is a request sent a second time? Once at most, and only if no byte of it has come to anybody: the connection was from the
/// pool, the server closed it in good order before the first byte of an answer, and either nothing had been sent, or nothing
/// of what was sent has been acknowledged while the whole request is kept here. The second case is the race of keep-alive: the
/// request was under way while the server closed an idle connection. Its FIN acknowledges everything that the server has
/// read, so a server that took the request and then died is told apart, and answers 502. Fresh connections are never asked
/// again.

struct ExchangeOptions {
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(2);
  /// From the last byte in either direction to the next one of the answer.
  std::chrono::milliseconds answer_timeout = std::chrono::seconds(60);
};

struct Event {
  enum class Kind : uint8_t {
    dispatch,        ///< the request is ready to be sent
    connected,       ///< a fresh connection stands
    reused,          ///< an idle connection was taken from the pool
    connect_failed,
    sent,            ///< at least one byte of the request has left
    moved,           ///< more bytes of the request have gone: time begins anew
    heard,           ///< bytes of the answer have come
    head,            ///< the final head of the answer; `value` is its status
    end,             ///< the answer is complete; `value` is 1 if the connection can be used again
    closed,          ///< the upstream closed or reset before the end; `value` is 1 if it has surely got no byte of the request
    garbled,         ///< the answer is not HTTP
    timeout,         ///< the last `wait` is over
    client_gone,
    refused,         ///< the rest of the request cannot be taken; `value` is the status that says so
  };
  Kind kind = Kind::dispatch;
  uint32_t value = 0;
};

struct Action {
  enum class Kind : uint8_t {
    reuse_or_connect,  ///< to endpoint `value`
    connect,           ///< to endpoint `value`, never from the pool
    send_request,      ///< from its first byte on
    relay_head,        ///< from now on the answer goes to the client
    wait,              ///< `value` milliseconds from now, then `timeout`; replaces the last one
    keep_upstream,     ///< back to the pool
    drop_upstream,     ///< close the connection, if there is one
    answer,            ///< the gateway answers with status `value`
    tear_client,       ///< the answer is torn: reset the client's connection
    finish,
  };
  Kind kind = Kind::finish;
  uint32_t value = 0;
  friend bool operator==(const Action&, const Action&) = default;
};

class Actions {
 public:
  void add(Action::Kind kind, uint32_t value = 0) { items_[count_++] = {kind, value}; }
  [[nodiscard]] const Action* begin() const { return items_.data(); }
  [[nodiscard]] const Action* end() const { return items_.data() + count_; }

 private:
  std::array<Action, 4> items_;
  size_t count_ = 0;
};

/// What is kept of the request while it is under way.
enum class Keeping : uint8_t { whole, nothing };

class Exchange {
 public:
  Exchange() = default;
  /// `first` of `endpoints` (at least one) is tried first, the others in turn.
  Exchange(const ExchangeOptions& options, uint32_t endpoints, uint32_t first, Keeping keeping);

  Actions on(Event event);

  [[nodiscard]] bool over() const { return state_ == State::over; }
  [[nodiscard]] bool relaying() const { return state_ == State::relaying; }
  /// The whole answer of an upstream has come.
  [[nodiscard]] bool complete() const { return complete_; }
  /// The client has part of an answer that will never be whole.
  [[nodiscard]] bool torn() const { return torn_; }
  /// What the client was told; 499 when it had gone. After `finish`.
  [[nodiscard]] uint32_t status() const { return status_; }
  [[nodiscard]] bool client_gone() const { return client_gone_; }
  /// The version is to blame: 5xx, no connection, torn or unreadable answer, out of time.
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool retried() const { return retried_; }

 private:
  enum class State : uint8_t { ready, connecting, waiting, relaying, over };
  void try_next(Actions& actions, uint32_t status_when_none);
  void fail_with(Actions& actions, uint32_t status);
  void lose_upstream(Actions& actions, uint32_t status);
  void wait(Actions& actions, std::chrono::milliseconds time) { actions.add(Action::Kind::wait, static_cast<uint32_t>(time.count())); }

  ExchangeOptions options_;
  State state_ = State::over;
  Keeping keeping_ = Keeping::whole;
  uint32_t endpoints_ = 0;
  uint32_t endpoint_ = 0;
  uint32_t fresh_left_ = 0;
  uint32_t status_ = 0;
  bool reused_ = false;
  bool sent_ = false;
  bool heard_ = false;
  bool retried_ = false;
  bool failed_ = false;
  bool complete_ = false;
  bool torn_ = false;
  bool client_gone_ = false;
};

}  // namespace mops::gateway
