#include "gateway/session.h"

#include "document/value.h"
#include "gateway/forward.h"
#include "gateway/worker.h"

#include <algorithm>
#include <fmt/format.h>

namespace mops::gateway {

using net::BodyKind;
using net::IoState;
using net::Progress;

namespace {

/// Reads of one socket in one turn of the loop.
constexpr int k_reads_per_turn = 16;
/// In a drain, for a client that has connected and not yet asked.
constexpr std::chrono::milliseconds k_first_request_grace{1000};

bool is_good_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) { return c > 32 && c < 127; });
}

std::string error_body(std::string_view text) { return document::to_json(document::Value::map().set("error", text)); }

}  // namespace

Session::Session(Worker& worker, uint64_t id, net::Stream stream)
    : worker_(worker),
      id_(id),
      client_(std::move(stream)),
      in_(worker.loop().buffers()),
      out_(worker.loop().buffers()),
      request_(worker.loop().buffers()),
      kept_(worker.loop().buffers()),
      head_(net::Side::request, worker.shared().options.head) {}

Session::~Session() {
  if (client_) worker_.loop().forget(client_.fd(), *this);
}

Result<void> Session::start() {
  const GatewayOptions& options = worker_.shared().options;
  if (client_.has_tls()) phase_ = Phase::handshake;
  worker_.loop().arm(timer_, client_.has_tls() ? options.handshake_timeout : options.head_timeout);
  return worker_.loop().watch(client_.fd(), *this);
}

void Session::drain() {
  close_after_ = true;
  if (phase_ == Phase::handshake) return close();
  if (phase_ != Phase::head) return;
  // A request may wait in the socket although its event has not been seen yet.
  client_.note({.readable = true});
  step();
  if (phase_ != Phase::head || begun_ || !out_.empty()) return;
  if (worker_.shared().is_succeeded) return worker_.loop().arm(timer_, Gateway::k_idle_grace);
  if (served_ > 0) return close();
  worker_.loop().arm(timer_, k_first_request_grace);
}

void Session::on_ready(net::Readiness ready) {
  client_.note(ready);
  if (client_.failed() && phase_ == Phase::exchange) feed(Event::Kind::client_gone);
  step();
}

void Session::step() {
  while (true) {
    switch (phase_) {
      case Phase::closed: return;
      case Phase::handshake:
        if (!shake_hands()) return;
        break;
      case Phase::leaving:
        if (flush()) leave();
        return;
      case Phase::local: return;
      case Phase::exchange:
        pump_request();
        if (phase_ == Phase::exchange) pump_response();
        if (phase_ != Phase::exchange) break;
        if (client_.hung_up() && (!streaming_ || request_done_)) {
          feed(Event::Kind::client_gone);
          break;
        }
        return;
      case Phase::head:
      case Phase::body:
        if (!flush()) return;
        if (!in_.empty() && take()) break;
        if (!read_client()) return;
        break;
    }
  }
}

/// False: it is not over yet, or closed.
bool Session::shake_hands() {
  if (!client_.readable() && !client_.writable()) return false;
  if (!worker_.may_shake_hands()) {
    worker_.loop().again(*this, {});
    return false;
  }
  switch (client_.handshake()) {
    case IoState::blocked: return false;
    case IoState::done:
      phase_ = Phase::head;
      worker_.loop().arm(timer_, worker_.shared().options.head_timeout);
      return true;
    default:
      if (client_.fall_back_to_plain_http()) return refuse(400, "this port speaks TLS; ask by `https://`");
      close();
      return false;
  }
}

/// False: nothing to be read now, or closed.
bool Session::read_client() {
  if (!client_.readable()) {
    in_.release_if_empty();
    return false;
  }
  const net::IoResult got = client_.read(in_);
  if (got.state == IoState::done) return true;
  if (got.state == IoState::blocked) {
    in_.release_if_empty();
    return false;
  }
  close();
  return false;
}

/// True: something changed; false: more bytes are needed.
bool Session::take() {
  if (phase_ == Phase::head) return take_head();
  return take_body();
}

bool Session::take_head() {
  if (!begun_) worker_.loop().arm(timer_, worker_.shared().options.head_timeout);
  begun_ = true;
  switch (head_.parse(in_.view())) {
    case Progress::more: return false;
    case Progress::bad: return refuse(head_.problem().status, head_.problem().text);
    case Progress::done: return begin_request();
  }
  return false;
}

bool Session::begin_request() {
  const RequestPath path = read_path(head_.path());
  path_ = path.kind;
  model_ = path.model;
  version_name_ = path.version;
  framing_ = head_.request_framing();
  http_version_ = head_.version();
  is_head_ = head_.method() == "HEAD";
  is_get_ = is_head_ || head_.method() == "GET";
  is_inference_ = head_.method() == "POST" && head_.path().ends_with("/infer");
  if (!head_.keep_alive() || worker_.shared().draining.load(std::memory_order_relaxed)) close_after_ = true;
  if (head_.method() == "CONNECT") return refuse(405, "CONNECT is not possible here");
  const std::string_view id = head_.find("x-request-id");
  if (is_good_request_id(id)) {
    request_id_ = id;
  } else {
    worker_.make_request_id(request_id_);
  }
  if (path_ == PathKind::model) {
    write_request_head(head_, request_id_, request_);
    note_sticky_key();
  }
  in_head_ = head_.size();
  phase_ = Phase::body;
  const GatewayOptions& options = worker_.shared().options;
  if (framing_.length > options.max_body) return refuse(413, "the body is too large");
  const bool too_large = framing_.kind == BodyKind::length && framing_.length > options.max_kept_body;
  const bool whole = framing_.kind == BodyKind::none || (framing_.kind == BodyKind::length && in_.size() - in_head_ >= framing_.length);
  if (head_.expects_continue() && framing_.kind != BodyKind::none && !whole) out_.append("HTTP/1.1 100 Continue\r\n\r\n");
  if (whole && !too_large) {
    in_body_ = static_cast<size_t>(framing_.length);
    dispatch(Keeping::whole);
    return true;
  }
  worker_.loop().arm(timer_, options.body_timeout);
  if (framing_.kind == BodyKind::chunked || too_large || worker_.kept_bytes + framing_.length > options.max_kept_total) {
    decoder_.start(framing_);
    in_.consume(std::exchange(in_head_, 0));
    if (framing_.kind == BodyKind::length) dispatch(Keeping::nothing);
  } else {
    account_kept(static_cast<size_t>(framing_.length));
  }
  return true;
}

/// The head may be gone when the route is taken.
void Session::note_sticky_key() {
  LocalTable* table = worker_.table();
  if (!table || !table->has_sticky) return;
  const LocalModel* model = table->find(model_);
  if (model && !model->route->sticky_header.empty()) sticky_key_ = head_.find(model->route->sticky_header);
}

bool Session::take_body() {
  if (framing_.kind == BodyKind::chunked) return keep_chunks();
  if (in_.size() - in_head_ < framing_.length) return false;
  in_body_ = static_cast<size_t>(framing_.length);
  dispatch(Keeping::whole);
  return true;
}

bool Session::keep_chunks() {
  const GatewayOptions& options = worker_.shared().options;
  const net::BodyDecoder::Step step = decoder_.next(in_.view());
  kept_.append(step.payload);
  account_kept(step.payload.size());
  in_.consume(step.consumed);
  if (step.progress == Progress::bad) return refuse(400, decoder_.problem());
  if (step.progress == Progress::done) {
    dispatch(Keeping::whole);
    return true;
  }
  if (kept_.size() > options.max_body) return refuse(413, "the body is too large");
  if (kept_.size() > options.max_kept_body || worker_.kept_bytes > options.max_kept_total) {
    streamed_ = kept_.size();
    dispatch(Keeping::nothing);
    return true;
  }
  return step.consumed > 0;
}

void Session::account_kept(size_t bytes) {
  accounted_ += bytes;
  worker_.kept_bytes += bytes;
}

void Session::dispatch(Keeping keeping) {
  streaming_ = keeping == Keeping::nothing;
  if (streaming_) worker_.count_streamed();
  if (path_ != PathKind::model) return answer_locally();
  LocalTable* table = worker_.table();
  LocalModel* model = table ? table->find(model_) : nullptr;
  if (!model) {
    std::vector<std::string> known;
    if (table) {
      for (const auto& [name, route] : table->models) known.emplace_back(fmt::format("`{}`", name));
    }
    std::sort(known.begin(), known.end());
    constexpr size_t k_shown = 20;
    const size_t more = known.size() > k_shown ? known.size() - k_shown : 0;
    known.resize(known.size() - more);
    std::string text = fmt::format("the model `{}` is not served here", model_);
    text += known.empty() ? "; no model is" : fmt::format("; found {}", fmt::join(known, ", "));
    if (more > 0) text += fmt::format(" and {} more", more);
    return answer_error(404, text);
  }
  LocalVersion* version = version_name_.empty() ? &model->deal(sticky_key_) : model->find(version_name_);
  if (!version) {
    std::vector<std::string> known;
    for (const LocalVersion& other : model->versions) known.push_back(fmt::format("`{}`", other.route->version));
    return answer_error(404, fmt::format("version `{}` of the model `{}` is not served here; found {}", version_name_, model_, fmt::join(known, ", ")));
  }
  if (version->pools.empty()) return answer_error(503, fmt::format("version `{}` of the model `{}` is not ready", version->route->version, model_));
  table_ = table;
  ++table->users;
  if (is_inference_) sample_ = worker_.sample(*model, *version);
  dispatch_to(*version, keeping);
}

void Session::dispatch_to(LocalVersion& version, Keeping keeping) {
  version_ = &version;
  ++version.counters->stats.in_flight;
  phase_ = Phase::exchange;
  dispatched_ = worker_.loop().now();
  write_request_framing(keeping);
  exchange_ = Exchange(worker_.shared().options.exchange, static_cast<uint32_t>(version.pools.size()), version.choose(), keeping);
  feed(Event::Kind::dispatch);
}

void Session::write_request_framing(Keeping keeping) {
  // A whole body has a length, also if it came in chunks: servers without chunked requests are common.
  if (keeping == Keeping::whole) {
    const size_t length = framing_.kind == BodyKind::chunked ? kept_.size() : static_cast<size_t>(framing_.length);
    if (framing_.kind != BodyKind::none || !is_get_) request_.append(fmt::format(FMT_STRING("Content-Length: {}\r\n"), length));
    request_.append("\r\n");
    return;
  }
  if (framing_.kind == BodyKind::length) {
    request_.append(fmt::format("Content-Length: {}\r\n\r\n", framing_.length));
    return;
  }
  request_.append("Transfer-Encoding: chunked\r\n\r\n");
  if (!kept_.empty()) {
    write_chunk_size(kept_.size(), request_);
    request_.append(kept_.view());
    request_.append("\r\n");
    kept_.clear();
  }
}

void Session::answer_locally() {
  if (path_ == PathKind::unknown) {
    return answer_error(404, "this path is not served here; expected one of `/v2/models/MODEL/infer`, `/v2/health/ready`, `/metrics`");
  }
  if (!is_get_) return answer_error(405, "only GET and HEAD are possible here");
  if (path_ == PathKind::live) return answer(200, {}, {});
  if (path_ == PathKind::ready) {
    const bool ready = worker_.table() && (!worker_.shared().draining || worker_.shared().is_succeeded);
    return ready ? answer(200, {}, {}) : answer_error(503, "the gateway is not ready");
  }
  if (path_ == PathKind::server) return answer(200, "application/json", R"({"name":"mops","version":"1","extensions":[]})");
  phase_ = Phase::local;
  timer_.disarm();
  worker_.shared().collect([worker = &worker_, id = id_](GatewayStats stats) {
    auto text = std::make_shared<std::string>(to_prometheus(stats));
    worker->loop().post([worker, id, text] {
      if (Session* session = worker->find(id)) session->answer_later(200, "text/plain; version=0.0.4; charset=utf-8", *text);
    });
  });
}

void Session::answer_later(int status, std::string_view content_type, std::string_view body) {
  if (phase_ != Phase::local) return;
  answer(status, content_type, body);
  step();
}

bool Session::refuse(int status, std::string_view text) {
  // After a request that cannot be understood nobody knows where the next one begins.
  close_after_ = true;
  answer_error(status, text);
  return true;
}

void Session::answer_error(int status, std::string_view text) { answer(status, "application/json", error_body(text)); }

void Session::answer(int status, std::string_view content_type, std::string_view body) {
  if (!version_ && status >= 400) worker_.count_rejected(static_cast<uint32_t>(status));
  if (streaming_ && !request_done_) close_after_ = true;
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", status, net::reason_phrase(status));
  if (!content_type.empty()) head += fmt::format("Content-Type: {}\r\n", content_type);
  head += fmt::format("Content-Length: {}\r\n", body.size());
  if (!request_id_.empty()) head += fmt::format("X-Request-Id: {}\r\n", request_id_);
  if (close_after_) {
    head += "Connection: close\r\n";
  } else if (http_version_ == net::HttpVersion::http_1_0) {
    head += "Connection: keep-alive\r\n";
  }
  out_.append(head);
  out_.append("\r\n");
  if (!is_head_) out_.append(body);
  if (!version_) finish_request();
}

/// Ready for the next request, or leaving.
void Session::finish_request() {
  in_.consume(in_head_ + in_body_);
  in_head_ = in_body_ = sent_ = streamed_ = 0;
  ++served_;
  worker_.kept_bytes -= std::exchange(accounted_, 0);
  kept_.clear();
  request_.clear();
  request_id_.clear();
  sticky_key_.clear();
  head_.reset();
  begun_ = is_head_ = streaming_ = request_done_ = told_sent_ = false;
  in_.release_if_empty();
  phase_ = close_after_ ? Phase::leaving : Phase::head;
  worker_.loop().arm(timer_, worker_.shared().options.idle_timeout);
}

/// False: the rest waits for the socket, or the client has gone.
bool Session::flush() {
  if (out_.empty()) return true;
  const net::IoResult sent = client_.write(out_.view());
  out_.consume(sent.bytes);
  if (sent.state == IoState::failed) {
    if (phase_ == Phase::exchange) {
      feed(Event::Kind::client_gone);
    } else {
      close();
    }
    return false;
  }
  out_.release_if_empty();
  return sent.state == IoState::done;
}

void Session::leave() {
  in_.clear();
  if (!said_goodbye_) {
    client_.shutdown_writing();
    said_goodbye_ = true;
    worker_.loop().arm(timer_, std::chrono::seconds(2));
  }
  for (int i = 0; client_.readable(); ++i) {
    if (i == k_reads_per_turn) return worker_.loop().again(*this, {.readable = true});
    const IoState state = client_.read_and_drop().state;
    if (state == IoState::closed || state == IoState::failed) return close();
  }
}

void Session::close() {
  if (phase_ == Phase::closed) return;
  if (phase_ == Phase::exchange) feed(Event::Kind::client_gone);
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  timer_.disarm();
  worker_.kept_bytes -= std::exchange(accounted_, 0);
  worker_.loop().forget(client_.fd(), *this);
  client_.close();
  worker_.remove(*this);
}

void Session::on_timer() {
  if (phase_ != Phase::exchange) {
    if ((phase_ == Phase::head && begun_) || phase_ == Phase::body) {
      refuse(408, phase_ == Phase::head ? "the head of the request took too long" : "the body of the request took too long");
      return step();
    }
    return close();
  }
  const bool client_reads_nothing = !out_.empty();
  const bool client_sends_nothing = streaming_ && !request_done_ && upstream_ && upstream_->connected && sent_ == request_.size();
  feed(client_reads_nothing || client_sends_nothing ? Event::Kind::client_gone : Event::Kind::timeout);
  step();
}

}  // namespace mops::gateway
