#include "http/curl_transport.h"

#include "http/curl_api.h"
#include "http/curl_error.h"
#include "http/url.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <mutex>

namespace mops::http {
namespace {

/// One request at a time, with the connections of the earlier ones.
class Line {
 public:
  static Result<std::unique_ptr<Line>> make(const CurlApi& api) {
    auto line = std::unique_ptr<Line>(new Line(api));
    if (line->multi_ == nullptr || line->easy_ == nullptr) return fail(ErrorCode::outside, "cannot start libcurl: out of memory");
    return line;
  }
  ~Line() {
    if (easy_ != nullptr) api_.easy_cleanup(easy_);
    if (multi_ != nullptr) api_.multi_cleanup(multi_);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  Result<Response> send(const Request& request, const CurlOptions& options, const std::stop_token& stop);

 private:
  explicit Line(const CurlApi& api) : api_(api), multi_(api.multi_init()), easy_(api.easy_init()) {}

  template <typename T>
  void set(CURLoption option, T value) {
    api_.easy_setopt(easy_, option, value);
  }
  Result<curl_slist*> set_headers(const Request& request, const CurlOptions& options);
  void set_body(const Request& request);
  Result<CURLcode> perform(const std::stop_token& stop);

  const CurlApi& api_;
  CURLM* multi_;
  CURL* easy_;
};

struct Receiver {
  Response response;
  size_t largest = 0;
  bool too_long = false;
};

size_t receive_header(char* data, size_t size, size_t count, void* user) {
  auto& headers = static_cast<Receiver*>(user)->response.headers;
  std::string_view line(data, size * count);
  // An interim answer (100) or a repeated attempt starts a new head.
  if (line.starts_with("HTTP/")) headers.clear();
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || line.starts_with("HTTP/")) return size * count;
  std::string_view value = line.substr(colon + 1);
  const size_t begin = std::min(value.find_first_not_of(" \t\r\n"), value.size());
  value.remove_prefix(begin);
  value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
  headers.push_back({.name = std::string(line.substr(0, colon)), .value = std::string(value)});
  return size * count;
}

size_t receive_body(char* data, size_t size, size_t count, void* user) {
  auto& receiver = *static_cast<Receiver*>(user);
  if (receiver.response.body.size() + size * count > receiver.largest) {
    receiver.too_long = true;
    return 0;
  }
  receiver.response.body.append(data, size * count);
  return size * count;
}

bool is_header_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_token(std::string_view text) {
  constexpr std::string_view k_separators = "()<>@,;:\\\"/[]?={} \t";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) { return c > 0x20 && c < 0x7f && k_separators.find(c) == std::string_view::npos; });
}

}  // namespace

Result<curl_slist*> Line::set_headers(const Request& request, const CurlOptions& options) {
  curl_slist* list = nullptr;
  const auto add = [&](const std::string& text) { list = api_.slist_append(list, text.c_str()); };
  for (const Header& header : request.headers) {
    if (!is_token(header.name) || !is_header_text(header.value)) {
      api_.slist_free_all(list);
      return fail(ErrorCode::usage, fmt::format("the header `{}` cannot be sent: it has a line break or a character that names may not have", header.name));
    }
    // libcurl wants `Name;` for a header without a value.
    add(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  add("Expect:");
  if (!find_header(request.headers, "content-type")) add("Content-Type:");
  if (!find_header(request.headers, "user-agent")) add("User-Agent: " + (options.user_agent.empty() ? std::string("mops/" MOPS_VERSION) : options.user_agent));
  set(CURLOPT_HTTPHEADER, list);
  return list;
}

void Line::set_body(const Request& request) {
  if (request.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
    return;
  }
  const bool wants_length = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (!request.body.empty() || wants_length) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, request.body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

Result<CURLcode> Line::perform(const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { api_.multi_wakeup(multi_); });
  while (true) {
    int running = 0;
    if (const CURLMcode rc = api_.multi_perform(multi_, &running); rc != CURLM_OK)
      return fail(ErrorCode::outside, fmt::format("libcurl failed: {}", api_.multi_strerror(rc)));
    // Messages first: poll would wait its whole time although everything is done.
    int left = 0;
    while (const CURLMsg* message = api_.multi_info_read(multi_, &left))
      if (message->msg == CURLMSG_DONE) return message->data.result;
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
    int ready = 0;
    if (const CURLMcode rc = api_.multi_poll(multi_, nullptr, 0, 1000, &ready); rc != CURLM_OK)
      return fail(ErrorCode::outside, fmt::format("libcurl failed: {}", api_.multi_strerror(rc)));
  }
}

Result<Response> Line::send(const Request& request, const CurlOptions& options, const std::stop_token& stop) {
  MOPS_ASSIGN(const Url url, parse_url(request.url));
  if (!is_token(request.method)) return fail(ErrorCode::usage, fmt::format("`{}` is not an HTTP method", request.method));
  api_.easy_reset(easy_);
  Receiver receiver{.response = {}, .largest = request.largest_answer};
  std::array<char, CURL_ERROR_SIZE> detail{};
  set(CURLOPT_ERRORBUFFER, detail.data());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<int64_t>(1, request.timeout.count())));
  set(CURLOPT_HEADERFUNCTION, &receive_header);
  set(CURLOPT_HEADERDATA, &receiver);
  set(CURLOPT_WRITEFUNCTION, &receive_body);
  set(CURLOPT_WRITEDATA, &receiver);
  if (!request.unix_socket_path.empty()) set(CURLOPT_UNIX_SOCKET_PATH, request.unix_socket_path.c_str());
  if (!request.unix_socket_path.empty() || is_loopback(url.host)) set(CURLOPT_PROXY, "");
  if (!options.certificate_bundle.empty()) set(CURLOPT_CAINFO, options.certificate_bundle.c_str());
  MOPS_ASSIGN(curl_slist* const headers, set_headers(request, options));
  set_body(request);

  api_.multi_add_handle(multi_, easy_);
  Result<CURLcode> code = perform(stop);
  api_.multi_remove_handle(multi_, easy_);
  long os_errno = 0;
  long status = 0;
  api_.easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_errno);
  api_.easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  api_.easy_reset(easy_);
  api_.slist_free_all(headers);
  if (!code && code.error().code == ErrorCode::interrupted)
    return fail(ErrorCode::interrupted, fmt::format("{} `{}` was interrupted", request.method, redact_urls(request.url)));
  if (!code) return fail(std::move(code).error());
  if (*code != CURLE_OK) {
    const char* words = detail[0] != '\0' ? detail.data() : api_.easy_strerror(*code);
    return fail(curl_error(request, {.code = *code, .os_errno = os_errno, .detail = words, .answer_too_long = receiver.too_long}));
  }
  receiver.response.status = static_cast<int>(status);
  return std::move(receiver.response);
}

/// Lines that wait for the next request.
class CurlTransport::Pool {
 public:
  std::unique_ptr<Line> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return nullptr;
    auto line = std::move(idle_.back());
    idle_.pop_back();
    return line;
  }
  void give_back(std::unique_ptr<Line> line) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(line));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Line>> idle_;
};

CurlTransport::CurlTransport(CurlOptions options) : options_(std::move(options)), pool_(std::make_unique<Pool>()) {}
CurlTransport::~CurlTransport() = default;

Result<Response> CurlTransport::send(const Request& request, std::stop_token stop) {
  MOPS_ASSIGN(const CurlApi* const api, load_curl());
  std::unique_ptr<Line> line = pool_->take();
  if (!line) {
    MOPS_ASSIGN(line, Line::make(*api));
  }
  auto response = line->send(request, options_, stop);
  pool_->give_back(std::move(line));
  return response;
}

}  // namespace mops::http
