#include "load/connection.h"

namespace mops::load {

Connection::Connection(net::Loop& loop, ConnectionOwner& owner, net::AnswerTo answer_to, ArrivalTime arrival_time)
    : loop_(loop), owner_(owner), answer_to_(answer_to), arrival_time_(arrival_time), input_(loop.buffers()), deadline_([this] { on_deadline(); }) {}

Connection::~Connection() { close(); }

Result<void> Connection::open(const net::SocketAddress& address, std::chrono::milliseconds timeout) {
  MOPS_ASSIGN(stream_, net::Stream::connect(address));
  MOPS_TRY(loop_.watch(stream_.fd(), *this));
  state_ = State::connecting;
  loop_.arm(deadline_, timeout);
  return {};
}

void Connection::send(const Request& request, std::string_view bytes, std::chrono::milliseconds timeout) {
  request_ = request;
  unsent_ = bytes;
  state_ = State::busy;
  head_done_ = false;
  anything_received_ = false;
  head_.reset();
  loop_.arm(deadline_, timeout);
  write();
}

void Connection::on_deadline() {
  if (state_ != State::connecting) return fail(Failure::timed_out, "no answer in time");
  close();
  owner_.on_connect_failed(*this, Failure::timed_out, "no connection in time");
}

void Connection::on_ready(net::Readiness ready) {
  stream_.note(ready);
  if (state_ == State::connecting) {
    if (stream_.writable() || stream_.failed()) finish_connect();
    return;
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

void Connection::finish_connect() {
  deadline_.disarm();
  if (const int problem = stream_.connect_error(); problem != 0) {
    close();
    return owner_.on_connect_failed(*this, Failure::connect_failed, errno_error("cannot connect", problem).message);
  }
  if (arrival_time_ == ArrivalTime::stamped) stream_.stamp_arrivals();
  state_ = State::idle;
  owner_.on_connected(*this);
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
    const auto got = arrival_time_ == ArrivalTime::stamped ? stream_.read(input_, arrived_) : stream_.read(input_);
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
      // The first bytes of a TLS alert.
      fail(Failure::malformed, input_.view().starts_with("\x15\x03") ? "the server speaks TLS" : head_.problem().text);
      return false;
    }
    status_ = head_.status();
    if (status_ == 101) {
      fail(Failure::malformed, "the server switches to another protocol");
      return false;
    }
    keep_ = head_.keep_alive();
    const auto framing = head_.response_framing(answer_to_);
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
      fail(Failure::malformed, body_.problem());
      return false;
    }
    if (step.progress == net::Progress::done) {
      answer();
      return false;
    }
    if (step.consumed == 0) return true;
  }
}

void Connection::on_end_of_stream(net::IoState state) {
  if (state == net::IoState::closed && head_done_ && body_.complete_at_eof()) {
    keep_ = false;
    arrived_ = std::chrono::steady_clock::now();  // the end has no stamp
    return answer();
  }
  if (!anything_received_ && used_before_) return fail(Failure::closed_before_answer, "the connection was closed before the answer");
  fail(Failure::reset, anything_received_ ? "the connection ended inside of an answer" : "the connection was closed before the answer");
}

void Connection::answer() {
  if (arrival_time_ == ArrivalTime::read) arrived_ = std::chrono::steady_clock::now();
  deadline_.disarm();
  // Bytes beyond the answer, or an answer before the whole request was out, leave nothing to build on.
  const bool clean = keep_ && input_.empty() && unsent_.empty() && !stream_.hung_up();
  unsent_ = {};
  if (clean) {
    input_.release_if_empty();
    used_before_ = true;
    state_ = State::idle;
  } else {
    close();
  }
  owner_.on_answer(*this, Request(request_), status_, arrived_);
}

void Connection::fail(Failure failure, std::string_view problem) {
  unsent_ = {};
  close();
  owner_.on_failure(*this, Request(request_), failure, problem);
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
