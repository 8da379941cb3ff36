#include "net/http_server.h"

#include "net/http1.h"
#include "net/listener.h"
#include "net/loop.h"
#include "net/stream.h"

#include <fmt/format.h>
#include <mutex>
#include <sys/socket.h>
#include <thread>
#include <unordered_map>

namespace mops::net {
namespace {

std::optional<uint32_t> peer_uid_of(int fd) {
  sockaddr_storage own{};
  socklen_t own_size = sizeof own;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &own_size) != 0 || own.ss_family != AF_UNIX) return std::nullopt;
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return peer.uid;
}

}  // namespace

/// Where answers are handed in; outlives the server as long as somebody may answer.
struct HttpServer::Mailbox {
  std::mutex mutex;
  Impl* server = nullptr;
  void deliver(uint64_t connection, HttpResponse response);
};

struct HttpResponder::State {
  std::shared_ptr<HttpServer::Mailbox> mailbox;
  uint64_t connection = 0;
  std::atomic<bool> answered{false};

  ~State() {
    if (!answered) mailbox->deliver(connection, {.status = 500, .body = "{\"error\":\"the request was not answered\"}"});
  }
};

void HttpResponder::respond(HttpResponse response) const {
  if (!state_->answered.exchange(true)) state_->mailbox->deliver(state_->connection, std::move(response));
}

struct HttpServer::Impl {
  std::unique_ptr<Loop> loop;
  ListeningSocket socket;
  Handler handler;
  HttpServerOptions options;
  std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>();
  std::unique_ptr<Acceptor> acceptor = nullptr;
  std::unordered_map<uint64_t, std::unique_ptr<Connection>> connections = {};
  uint64_t last_id = 0;
  std::thread thread = {};

  void accept(Stream stream);
  void remove(uint64_t id);
};

class HttpServer::Connection final : public EventHandler {
 public:
  Connection(Impl& server, uint64_t id, Stream stream)
      : server_(server), id_(id), stream_(std::move(stream)), in_(server.loop->buffers()), out_(server.loop->buffers()) {}
  ~Connection() override {
    if (stream_) server_.loop->forget(stream_.fd(), *this);
  }

  Result<void> start() {
    server_.loop->arm(timer_, server_.options.idle_timeout);
    return server_.loop->watch(stream_.fd(), *this);
  }

  void on_ready(Readiness ready) override {
    stream_.note(ready);
    step();
  }

  void answer(const HttpResponse& response) {
    if (phase_ != Phase::handling) return;
    if (stream_.hung_up() && stream_.failed()) return close();
    write(response, close_after_ ? Then::close : Then::next);
    step();
  }

 private:
  enum class Phase : uint8_t { head, body, handling, leaving };
  enum class Then : uint8_t { next, close };

  /// Never blocks; ends when a socket must be waited for.
  void step() {
    while (stream_) {
      if (!flush()) return;
      if (phase_ == Phase::handling) {
        in_.release_if_empty();
        return stream_.failed() ? close() : void();
      }
      if (phase_ == Phase::leaving) return leave();
      if (!in_.empty() && take()) continue;
      if (!stream_ || phase_ == Phase::leaving || phase_ == Phase::handling) continue;
      if (!stream_.readable()) return in_.release_if_empty();
      const IoResult got = stream_.read(in_);
      if (got.state == IoState::closed || got.state == IoState::failed) return close();
    }
  }

  /// True: something changed.
  bool take() {
    if (phase_ == Phase::head) {
      if (!begun_) server_.loop->arm(timer_, server_.options.request_timeout);
      begun_ = true;
      const Progress progress = head_.parse(in_.view());
      if (progress == Progress::more) return false;
      if (progress == Progress::bad) return refuse(head_.problem().status, head_.problem().text);
      return begin_request();
    }
    const BodyDecoder::Step step = body_.next(in_.view());
    request_.body.append(step.payload);
    in_.consume(step.consumed);
    if (step.progress == Progress::bad) return refuse(400, body_.problem());
    if (request_.body.size() > server_.options.max_body_bytes) return refuse(413, "the body is too large");
    if (step.progress == Progress::done) return handle();
    return step.consumed > 0;
  }

  bool begin_request() {
    request_ = {.peer_uid = peer_uid_of(stream_.fd())};
    request_.method = head_.method();
    request_.query = head_.query();
    if (!percent_decode(head_.path(), request_.path)) return refuse(400, "the path has a damaged escape");
    for (size_t i = 0; i < head_.field_count(); ++i) {
      request_.headers.emplace_back(head_.field(i).name, head_.field(i).value);
    }
    const BodyFraming framing = head_.request_framing();
    if (framing.length > server_.options.max_body_bytes) return refuse(413, "the body is too large");
    close_after_ = !head_.keep_alive();
    is_head_ = request_.method == "HEAD";
    if (head_.expects_continue() && framing.kind != BodyKind::none) out_.append("HTTP/1.1 100 Continue\r\n\r\n");
    in_.consume(head_.size());
    body_.start(framing);
    phase_ = Phase::body;
    return body_.done() ? handle() : true;
  }

  bool handle() {
    phase_ = Phase::handling;
    timer_.disarm();
    auto state = std::make_shared<HttpResponder::State>();
    state->mailbox = server_.mailbox;
    state->connection = id_;
    server_.handler(request_, HttpResponder(std::move(state)));
    return true;
  }

  bool refuse(int status, std::string_view text) {
    // The texts are ours and need no escapes.
    write({.status = status, .body = fmt::format("{{\"error\":\"{}\"}}", text)}, Then::close);
    return true;
  }

  void write(const HttpResponse& response, Then then) {
    std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
    for (const auto& [name, value] : response.headers) head += fmt::format("{}: {}\r\n", name, value);
    if (!response.body.empty()) head += fmt::format("Content-Type: {}\r\n", response.content_type);
    if (response.status != 204 && response.status != 304) head += fmt::format("Content-Length: {}\r\n", response.body.size());
    head += then == Then::close ? "Connection: close\r\n\r\n" : "\r\n";
    out_.append(head);
    if (!is_head_) out_.append(response.body);
    head_.reset();
    begun_ = false;
    phase_ = then == Then::close ? Phase::leaving : Phase::head;
    server_.loop->arm(timer_, server_.options.idle_timeout);
  }

  /// False: the rest waits for the socket, or all is over.
  bool flush() {
    if (out_.empty()) return true;
    const IoResult sent = stream_.write(out_.view());
    out_.consume(sent.bytes);
    if (sent.state == IoState::failed) close();
    if (sent.state != IoState::done) return false;
    out_.clear();
    return true;
  }

  /// Reads what still comes before it closes: closing at once could send RST and destroy the answer on its way.
  void leave() {
    in_.clear();
    if (!said_goodbye_) {
      stream_.shutdown_writing();
      said_goodbye_ = true;
      server_.loop->arm(timer_, std::chrono::seconds(2));
    }
    while (stream_.readable()) {
      const IoState state = stream_.read_and_drop().state;
      if (state == IoState::closed || state == IoState::failed) return close();
    }
  }

  void close() {
    if (!stream_) return;
    server_.loop->forget(stream_.fd(), *this);
    stream_.close();
    timer_.disarm();
    server_.remove(id_);
  }

  Impl& server_;
  uint64_t id_;
  Stream stream_;
  Buffer in_, out_;
  HeadParser head_{Side::request};
  BodyDecoder body_;
  HttpRequest request_;
  Timer timer_{[this] { close(); }};
  Phase phase_ = Phase::head;
  bool begun_ = false;
  bool close_after_ = false;
  bool is_head_ = false;
  bool said_goodbye_ = false;
};

void HttpServer::Mailbox::deliver(uint64_t connection, HttpResponse response) {
  const std::lock_guard lock(mutex);
  if (!server) return;
  server->loop->post([impl = server, connection, response = std::move(response)] {
    const auto found = impl->connections.find(connection);
    if (found != impl->connections.end()) found->second->answer(response);
  });
}

void HttpServer::Impl::accept(Stream stream) {
  if (connections.size() >= options.max_connections) return;
  const uint64_t id = ++last_id;
  auto connection = std::make_unique<Connection>(*this, id, std::move(stream));
  if (connection->start()) connections.emplace(id, std::move(connection));
}

void HttpServer::Impl::remove(uint64_t id) {
  const auto found = connections.find(id);
  if (found == connections.end()) return;
  loop->retire(std::move(found->second));
  connections.erase(found);
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const Address& address, Handler handler, HttpServerOptions options) {
  MOPS_ASSIGN(auto loop, Loop::create());
  MOPS_ASSIGN(auto socket, ListeningSocket::open(address));
  std::unique_ptr<HttpServer> server(new HttpServer(std::make_unique<Impl>(
      Impl{.loop = std::move(loop), .socket = std::move(socket), .handler = std::move(handler), .options = options})));
  Impl& impl = *server->impl_;
  impl.acceptor = std::make_unique<Acceptor>(*impl.loop, impl.socket, [&impl](Stream stream) { impl.accept(std::move(stream)); });
  MOPS_TRY(impl.acceptor->start());
  impl.mailbox->server = &impl;
  impl.thread = std::thread([&impl] { impl.loop->run(); });
  return server;
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { stop(); }
const Address& HttpServer::address() const { return impl_->socket.address(); }

void HttpServer::stop() {
  {
    const std::lock_guard lock(impl_->mailbox->mutex);
    impl_->mailbox->server = nullptr;
  }
  if (!impl_->thread.joinable()) return;
  impl_->loop->stop();
  impl_->thread.join();
  impl_->acceptor.reset();
  impl_->connections.clear();
}

std::string_view HttpRequest::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (equals_ignoring_case(known, name)) return value;
  }
  return {};
}

std::string HttpRequest::parameter(std::string_view name) const {
  std::string_view rest = query;
  std::string decoded;
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const size_t equals = pair.find('=');
    if (percent_decode(pair.substr(0, equals), decoded) && decoded == name) {
      return equals != std::string_view::npos && percent_decode(pair.substr(equals + 1), decoded) ? decoded : std::string();
    }
  }
  return {};
}

}  // namespace mops::net
