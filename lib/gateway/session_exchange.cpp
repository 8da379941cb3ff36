#include "gateway/forward.h"
#include "gateway/session.h"
#include "gateway/worker.h"

#include <algorithm>

namespace mops::gateway {

using net::BodyKind;
using net::IoState;
using net::Progress;

namespace {

constexpr int k_reads_per_turn = 16;

std::string_view reason_of(uint32_t status) {
  switch (status) {
    case 400: return "the chunks of the body are damaged";
    case 413: return "the body is too large";
    case 504: return "the model did not answer in time";
    default: return "the model could not be reached";
  }
}

}  // namespace

void Session::feed(Event::Kind kind, uint32_t value) {
  const Actions actions = exchange_.on({.kind = kind, .value = value});
  for (const Action& action : actions) perform(action);
}

void Session::perform(const Action& action) {
  switch (action.kind) {
    case Action::Kind::reuse_or_connect: return connect(action.value, true);
    case Action::Kind::connect: return connect(action.value, false);
    case Action::Kind::send_request:
      sent_ = 0;
      told_sent_ = request_done_ = false;
      return pump_request();
    case Action::Kind::relay_head: return relay_head();
    case Action::Kind::wait: {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(dispatched_ + worker_.shared().options.request_timeout - worker_.loop().now());
      return worker_.loop().arm(timer_, std::clamp(std::chrono::milliseconds(action.value), std::chrono::milliseconds(0), std::max(left, std::chrono::milliseconds(0))));
    }
    case Action::Kind::keep_upstream: return pool_->give_back(std::move(upstream_));
    case Action::Kind::drop_upstream: return drop_upstream();
    case Action::Kind::answer:
      return answer_error(static_cast<int>(action.value), reason_of(action.value));
    case Action::Kind::tear_client:
      // Headers have gone out already: only a broken connection tells the client that the answer is not whole.
      client_.reset_on_close();
      out_.clear();
      return;
    case Action::Kind::finish: return finish_exchange();
  }
}

void Session::connect(uint32_t endpoint, bool from_pool) {
  pool_ = version_->pools[endpoint];
  if (from_pool) upstream_ = pool_->take(*this);
  if (upstream_) return feed(Event::Kind::reused);
  upstream_ = pool_->connect(*this);
  if (!upstream_) feed(Event::Kind::connect_failed);
}

void Session::drop_upstream() {
  if (upstream_) pool_->drop(std::move(upstream_));
}

void Session::on_upstream() {
  if (!upstream_) return;
  if (!upstream_->connected) {
    if (upstream_->stream.failed() || upstream_->stream.connect_error() != 0) {
      feed(Event::Kind::connect_failed);
      return step();
    }
    if (!upstream_->stream.writable()) return;
    upstream_->connected = true;
    feed(Event::Kind::connected);
  }
  step();
}

std::string_view Session::kept_body() const { return framing_.kind == BodyKind::chunked ? kept_.view() : in_.view().substr(in_head_, in_body_); }

void Session::pump_request() {
  if (!upstream_ || !upstream_->connected || request_done_ || exchange_.over()) return;
  for (int i = 0; i < k_reads_per_turn; ++i) {
    const std::string_view body = streaming_ ? std::string_view() : kept_body();
    const std::string_view head = request_.view();
    if (sent_ < head.size() + body.size()) {
      const std::string_view head_left = head.substr(std::min(sent_, head.size()));
      const net::IoResult sent = upstream_->stream.write(head_left, body.substr(sent_ > head.size() ? sent_ - head.size() : 0));
      sent_ += sent.bytes;
      upstream_->sent += sent.bytes;
      if (sent.bytes > 0 && !std::exchange(told_sent_, true)) feed(Event::Kind::sent);
      if (sent.bytes > 0 && streaming_) feed(Event::Kind::moved);
      if (sent.state == IoState::blocked) return;
      if (sent.state == IoState::failed) {
        // An answer may have come before the connection broke: reading tells.
        upstream_->stream.note({.readable = true, .hung_up = true});
        return;
      }
    }
    if (!streaming_ || decoder_.done()) {
      request_done_ = true;
      return;
    }
    request_.clear();
    sent_ = 0;
    if (!refill_request()) return;
  }
  worker_.loop().again(*this, {});
}

/// False: the client sends nothing at present, or is over.
bool Session::refill_request() {
  while (request_.empty()) {
    while (!in_.empty() && request_.size() < net::BufferPool::k_block_bytes) {
      const net::BodyDecoder::Step step = decoder_.next(in_.view());
      streamed_ += step.payload.size();
      if (step.progress == Progress::bad || streamed_ > worker_.shared().options.max_body) {
        feed(Event::Kind::refused, step.progress == Progress::bad ? 400 : 413);
        return false;
      }
      const bool chunked = framing_.kind == BodyKind::chunked;
      if (chunked && !step.payload.empty()) write_chunk_size(step.payload.size(), request_);
      request_.append(step.payload);
      if (chunked && !step.payload.empty()) request_.append("\r\n");
      in_.consume(step.consumed);
      if (decoder_.done()) {
        if (chunked) request_.append("0\r\n\r\n");
        return true;
      }
      if (step.consumed == 0) break;
    }
    if (!request_.empty()) return true;
    if (!client_.readable()) {
      in_.release_if_empty();
      return false;
    }
    const IoState state = client_.read(in_).state;
    if (state == IoState::blocked) return false;
    if (state != IoState::done) {
      feed(Event::Kind::client_gone);
      return false;
    }
  }
  return true;
}

void Session::pump_response() {
  int reads = 0;
  while (phase_ == Phase::exchange && upstream_ && upstream_->connected) {
    while (!upstream_->in.empty() && out_.size() < net::BufferPool::k_block_bytes) {
      if (!take_response()) break;
      if (phase_ != Phase::exchange || !upstream_) return;
    }
    const bool flushed = flush();
    if (phase_ != Phase::exchange || !upstream_) return;
    if (exchange_.relaying() && upstream_->body.done()) return end_response();
    if (!flushed) return;
    if (!upstream_->stream.readable()) return upstream_->in.release_if_empty();
    if (++reads > k_reads_per_turn) return worker_.loop().again(*upstream_, {});
    const net::IoResult got = upstream_->stream.read(upstream_->in);
    if (got.state == IoState::blocked) return upstream_->in.release_if_empty();
    if (got.state == IoState::closed && exchange_.relaying() && upstream_->body.complete_at_eof()) return end_response();
    if (got.state == IoState::done) {
      feed(Event::Kind::heard);
    } else {
      feed(Event::Kind::closed, got.state == IoState::closed && upstream_->nothing_arrived() ? 1 : 0);
    }
  }
}

/// One step through what the upstream has sent; false: more bytes are needed, or the answer is complete.
bool Session::take_response() {
  net::Buffer& in = upstream_->in;
  if (!exchange_.relaying()) {
    const Progress progress = upstream_->head.parse(in.view());
    if (progress == Progress::more) return false;
    const int status = upstream_->head.status();
    if (progress == Progress::bad || status == 101) {
      feed(Event::Kind::garbled);
      return false;
    }
    if (status < 200) {
      in.consume(upstream_->head.size());
      upstream_->head.reset();
      return true;
    }
    feed(Event::Kind::head, static_cast<uint32_t>(status));
    in.consume(upstream_->head.size());
    return true;
  }
  if (upstream_->body.done()) return false;
  const net::BodyDecoder::Step step = upstream_->body.next(in.view());
  if (step.progress == Progress::bad) {
    feed(Event::Kind::garbled);
    return false;
  }
  const bool chunked = answer_framing_ == BodyKind::chunked && !step.payload.empty();
  if (chunked) write_chunk_size(step.payload.size(), out_);
  out_.append(step.payload);
  if (sample_) sample_->answer.add(step.payload);
  if (chunked) out_.append("\r\n");
  in.consume(step.consumed);
  if (step.progress == Progress::done && answer_framing_ == BodyKind::chunked) out_.append("0\r\n\r\n");
  return step.progress == Progress::more && step.consumed > 0;
}

void Session::relay_head() {
  const net::BodyFraming framing = upstream_->head.response_framing(is_head_ ? net::AnswerTo::head : net::AnswerTo::other);
  upstream_->body.start(framing);
  net::BodyFraming to_client = framing;
  if (framing.kind == BodyKind::chunked || framing.kind == BodyKind::until_close) {
    const bool can_chunk = http_version_ == net::HttpVersion::http_1_1;
    to_client.kind = can_chunk ? BodyKind::chunked : BodyKind::until_close;
    if (!can_chunk) close_after_ = true;
  }
  if (!request_done_ || worker_.shared().draining.load(std::memory_order_relaxed)) close_after_ = true;
  answer_framing_ = to_client.kind;
  write_response_head(upstream_->head,
                      {.framing = to_client,
                       .client_version = http_version_,
                       .connection = close_after_ ? ClientConnection::close : ClientConnection::keep,
                       .request_id = request_id_,
                       .served_by = version_->route->version},
                      out_);
}

void Session::end_response() {
  const bool closed_body = !upstream_->body.done();
  if (closed_body && answer_framing_ == BodyKind::chunked) out_.append("0\r\n\r\n");
  if (!request_done_) close_after_ = true;
  const bool reusable = !closed_body && request_done_ && upstream_->head.keep_alive() && upstream_->in.empty() &&
                        !upstream_->stream.hung_up() && !upstream_->stream.failed();
  if (closed_body) flush();
  if (phase_ == Phase::exchange) feed(Event::Kind::end, reusable ? 1 : 0);
}

void Session::hand_in_sample() {
  sample_->time = RealClock().now();
  sample_->request_id = request_id_;
  sample_->status = exchange_.status();
  sample_->latency_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - dispatched_).count();
  if (streaming_) sample_->request.give_up();
  else sample_->request.add(kept_body());
  if (!exchange_.complete()) sample_->answer.give_up();
  worker_.shared().recorder->offer(std::move(sample_));
}

void Session::finish_exchange() {
  VersionCounters& counters = *version_->counters;
  VersionStats& stats = counters.stats;
  const uint32_t status = exchange_.status();
  ++stats.requests;
  --stats.in_flight;
  stats.failed += exchange_.failed() ? 1 : 0;
  stats.retried += exchange_.retried() ? 1 : 0;
  stats.count_code(status);
  if (exchange_.complete()) {
    const auto taken = std::chrono::steady_clock::now() - dispatched_;
    stats.latency.record(static_cast<uint64_t>(std::chrono::nanoseconds(taken).count()));
  }
  if (sample_) hand_in_sample();
  version_ = nullptr;
  LocalTable& table = *std::exchange(table_, nullptr);
  if (stats.in_flight == 0 && !counters.drain_waiters.empty()) {
    for (auto& waiter : std::exchange(counters.drain_waiters, {})) waiter();
  }
  worker_.state().release(table);
  if (exchange_.torn() || exchange_.client_gone()) {
    phase_ = Phase::leaving;
    out_.clear();
    return close();
  }
  finish_request();
}

}  // namespace mops::gateway
