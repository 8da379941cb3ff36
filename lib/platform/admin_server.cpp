#include "platform/admin_server.h"

#include "base/version.h"
#include "platform/compatibility.h"

#include <charconv>
#include <condition_variable>
#include <deque>
#include <thread>

namespace mops::platform {
namespace {

using net::HttpRequest;
using net::HttpResponder;
using net::HttpResponse;

/// How long a client's question about an operation may stay open.
constexpr auto k_patience = std::chrono::seconds(10);

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::refused: return 409;
    case ErrorCode::usage:
    case ErrorCode::invalid: return 400;
    case ErrorCode::not_found: return 404;
    case ErrorCode::outside:
    case ErrorCode::interrupted: return 500;
  }
  return 500;
}

HttpResponse answer(int status, std::string body) { return {.status = status, .body = std::move(body), .headers = {{k_version_header, program_version()}}}; }

HttpResponse answer(const Error& error) { return answer(status_of(error.code), document::to_json(to_value(error))); }

template <typename T>
HttpResponse answer(const Result<T>& result) {
  if (!result) return answer(result.error());
  return answer(200, document::to_json(to_value(*result)));
}

std::optional<std::string> parameter(const HttpRequest& request, std::string_view name) {
  std::string value = request.parameter(name);
  return value.empty() ? std::nullopt : std::optional(std::move(value));
}

}  // namespace

/// What takes its time (questions about operations, plans) is done by a few threads of its own, so that it holds nothing up.
class AdminServer::Api {
 public:
  explicit Api(Platform& platform) : platform_(platform) {
    for (int i = 0; i < 4; ++i) workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }

  Result<void> listen(const Path& socket) {
    MOPS_ASSIGN(server_, net::HttpServer::start(net::Address::unix_socket(socket.string()),
                                                [this](const HttpRequest& request, const HttpResponder& responder) { handle(request, responder); }));
    return {};
  }

  ~Api() {
    server_.reset();
    for (std::jthread& worker : workers_) worker.request_stop();
    jobs_came_.notify_all();
  }

 private:
  void handle(const HttpRequest& request, const HttpResponder& responder) {
    // Before anything is done: what a client of another time means by its request is not known.
    const std::string_view client = request.header(k_version_header);
    if (const auto fits = client.empty() ? Result<void>() : may_talk(client, program_version()); !fits) return responder.respond(answer(fits.error()));
    constexpr std::string_view k_operations = "/mops/v1/operations/";
    const std::string_view path = request.path;
    const bool get = request.method == "GET";
    if (get && path == "/mops/v1/status") {
      responder.respond(answer(200, document::to_json(to_value(platform_.status()))));
    } else if (get && path == "/mops/v1/journal") {
      responder.respond(answer(platform_.journal(parameter(request, "model"), parameter(request, "stage"))));
    } else if (request.method == "POST" && path == "/mops/v1/switches") {
      responder.respond(begin(request));
    } else if (request.method == "POST" && path == "/mops/v1/plans") {
      plan(request, responder);
    } else if (request.method == "POST" && path == "/mops/v1/acknowledgements") {
      responder.respond(acknowledge(request));
    } else if (request.method == "POST" && path == "/mops/v1/stop") {
      responder.respond(answer(202, "{}"));
      platform_.request_stop();
    } else if (path.starts_with(k_operations) && get) {
      ask(request, responder, std::string(path.substr(k_operations.size())));
    } else if (path.starts_with(k_operations) && request.method == "DELETE") {
      const auto cancelled = platform_.operations().cancel(std::string(path.substr(k_operations.size())));
      responder.respond(cancelled ? answer(202, "{}") : answer(cancelled.error()));
    } else {
      responder.respond(answer(Error{.code = ErrorCode::not_found, .message = fmt::format("the admin API has no `{} {}`", request.method, path),
                                     .help = "client and platform may differ by one release: compare `mops --version` with `mops status`"}));
    }
  }

  HttpResponse begin(const HttpRequest& request) {
    if (!request.peer_uid) return answer_on_socket_only();
    const auto wanted = read_switch_request(document::parse_json({.path = "request", .text = request.body}));
    if (!wanted) return answer(wanted.error());
    const auto id = platform_.begin_switch(*wanted, {.uid = *request.peer_uid});
    if (!id) return answer(id.error());
    return answer(202, document::to_json(to_value(OperationStatus{.id = *id})));
  }

  HttpResponse acknowledge(const HttpRequest& request) {
    if (!request.peer_uid) return answer_on_socket_only();
    const auto wanted = read_acknowledge_request(document::parse_json({.path = "request", .text = request.body}));
    if (!wanted) return answer(wanted.error());
    return answer(platform_.acknowledge(*wanted));
  }

  static HttpResponse answer_on_socket_only() {
    return answer(Error{.code = ErrorCode::refused, .message = "the admin API answers on its Unix socket only"});
  }

  void plan(const HttpRequest& request, const HttpResponder& responder) {
    auto wanted = read_switch_request(document::parse_json({.path = "request", .text = request.body}));
    if (!wanted) return responder.respond(answer(wanted.error()));
    put([this, responder, wanted = std::move(*wanted)] { responder.respond(answer(platform_.plan(wanted))); });
  }

  void ask(const HttpRequest& request, const HttpResponder& responder, std::string operation) {
    size_t seen_steps = 0;
    const std::string seen = request.parameter("seen");
    std::from_chars(seen.data(), seen.data() + seen.size(), seen_steps);
    put([this, responder, operation = std::move(operation), seen_steps] {
      responder.respond(answer(platform_.operations().wait(operation, seen_steps, k_patience)));
    });
  }

  void put(std::function<void()> job) {
    const std::lock_guard guard(mutex_);
    jobs_.push_back(std::move(job));
    jobs_came_.notify_one();
  }

  void work(const std::stop_token& stop) {
    while (true) {
      std::unique_lock guard(mutex_);
      if (!jobs_came_.wait(guard, stop, [&] { return !jobs_.empty(); })) return;
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      guard.unlock();
      job();
    }
  }

  Platform& platform_;
  std::mutex mutex_;
  std::condition_variable_any jobs_came_;
  std::deque<std::function<void()>> jobs_;
  std::unique_ptr<net::HttpServer> server_;
  std::vector<std::jthread> workers_;
};

Result<std::unique_ptr<AdminServer>> AdminServer::start(Platform& platform, const Path& socket) {
  auto api = std::make_unique<Api>(platform);
  MOPS_TRY(api->listen(socket));
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(api)));
}

AdminServer::AdminServer(std::unique_ptr<Api> api) : api_(std::move(api)) {}
AdminServer::~AdminServer() = default;

}  // namespace mops::platform
