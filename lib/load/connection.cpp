#include "load/connection.h"

#include <cstring>

namespace mops::load {

Connection::Connection(net::Loop& loop, ConnectionOwner& owner)
    : loop_(loop), owner_(owner), input_(loop.buffers()), deadline_([this] { end(Outcome::timed_out, "no answer in time"); }) {}

Connection::~Connection() { close(); }

void Connection::open(const net::SocketAddress& address, const Request& request, std::string_view bytes, std::chrono::milliseconds timeout) {
  request_ = request;
  unsent_ = bytes;
  used_before_ = false;
  state_ = State::connecting;
  loop_.arm(deadline_, timeout);
  auto stream = net::Stream::connect(address);
  if (!stream) return end(Outcome::connect_failed, stream.error().message);
  stream_ = std::move(*stream);
  if (const auto watched = loop_.watch(stream_.fd(), *this); !watched) end(Outcome::connect_failed, watched.error().message);
}

void Connection::send(const Request& request, std::string_view bytes, std::chrono::milliseconds timeout) {
  request_ = request;
  unsent_ = bytes;
  state_ = State::busy;
  head_done_ = false;
  anything_received_ = false;
  head_.reset();
  loop_.arm(deadline_, timeout);
  request_.sent = std::chrono::steady_clock::now();
  write();
}

void Connection::on_ready(net::Readiness ready) {
  stream_.note(ready);
  if (state_ == State::connecting) {
    if (!stream_.writable() && !stream_.failed()) return;
    if (const int problem = stream_.connect_error(); problem != 0) return end(Outcome::connect_failed, std::strerror(problem));
    state_ = State::busy;
    head_done_ = false;
    anything_received_ = false;
    head_.reset();
    request_.sent = std::chrono::steady_clock::now();
  }
  if (state_ == State::busy && !unsent_.empty() && stream_.writable()) write();
  if (state_ == State::busy && stream_.readable()) return read();
  if (state_ == State::idle && stream_.readable()) {
    // Nothing was asked, so whatever comes is the end.
    const auto got = stream_.read(input_);
    if (got.state == net::IoState::blocked) return input_.clear();
    close();
    owner_.on_idle_close(*this);
  }
}

void Connection::write() {
  const auto written = stream_.write(unsent_);
  unsent_.remove_prefix(written.bytes);
  // A server may answer before it has everything, and then close: what it said is read first.
  if (written.state == net::IoState::failed) {
    unsent_ = {};
    read();
  }
}

void Connection::read() {
  while (state_ == State::busy) {
    const auto got = stream_.read(input_);
    if (got.state == net::IoState::blocked) return;
    if (got.state != net::IoState::done) return on_end_of_stream(got.state);
    anything_received_ = true;
    if (!head_done_ && !read_head()) {
      if (state_ != State::busy) return;
    }
    if (head_done_ && !read_body()) return;
    if (!stream_.readable()) return;
  }
}

bool Connection::read_head() {
  for (;;) {
    const auto progress = head_.parse(input_.view());
    if (progress == net::Progress::more) return false;
    if (progress == net::Progress::bad) {
      end(Outcome::broken, head_.problem().text);
      return false;
    }
    status_ = head_.status();
    keep_ = head_.keep_alive();
    const auto framing = head_.response_framing(net::AnswerTo::other);
    input_.consume(head_.size());
    if (status_ >= 200) {
      body_.start(framing);
      head_done_ = true;
      return true;
    }
    head_.reset();
    if (input_.empty()) return false;
  }
}

bool Connection::read_body() {
  for (;;) {
    const auto step = body_.next(input_.view());
    input_.consume(step.consumed);
    if (step.progress == net::Progress::bad) {
      end(Outcome::broken, body_.problem());
      return false;
    }
    if (step.progress == net::Progress::done) {
      end(Outcome::answered);
      return false;
    }
    if (step.consumed == 0) return true;
  }
}

void Connection::on_end_of_stream(net::IoState state) {
  if (state == net::IoState::closed && head_done_ && body_.complete_at_eof()) {
    keep_ = false;
    return end(Outcome::answered);
  }
  if (!anything_received_ && used_before_) return end(Outcome::closed_before_answer, "the connection was closed before the answer");
  end(Outcome::broken, anything_received_ ? "the connection ended inside of an answer" : "the connection was closed before the answer");
}

void Connection::end(Outcome outcome, std::string_view problem) {
  deadline_.disarm();
  // Bytes beyond the answer, or an answer before the whole request was out, leave nothing to build on.
  const bool clean = outcome == Outcome::answered && keep_ && input_.empty() && unsent_.empty() && !stream_.hung_up();
  unsent_ = {};
  if (clean) {
    input_.release_if_empty();
    used_before_ = true;
    state_ = State::idle;
  } else {
    close();
  }
  const Request request = request_;
  owner_.on_outcome(*this, request, outcome, status_, problem);
}

void Connection::close() {
  deadline_.disarm();
  if (stream_) {
    loop_.forget(stream_.fd(), *this);
    stream_ = net::Stream();
  }
  input_.clear();
  state_ = State::closed;
}

}  // namespace mops::load
