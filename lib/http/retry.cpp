#include "http/retry.h"

#include <array>
#include <charconv>
#include <condition_variable>
#include <cstring>
#include <ctime>
#include <fmt/format.h>
#include <mutex>

namespace mops::http {
namespace {

using std::chrono::milliseconds;

bool may_be_sent_twice(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS";
}

bool is_worth_another(const Result<Response>& result) {
  if (!result) return result.error().transient;
  return result->status == 429 || result->status == 502 || result->status == 503 || result->status == 504;
}

}  // namespace

bool wait_for(milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any condition;
  std::unique_lock lock(mutex);
  condition.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

std::optional<milliseconds> parse_retry_after(std::string_view text, SystemTime now) {
  int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seconds);
  if (error == std::errc() && rest == end && seconds >= 0) return milliseconds(std::min<int64_t>(seconds, 86'400) * 1000);

  // IMF-fixdate only: `Sun, 06 Nov 1994 08:49:37 GMT`. strptime would read month names in the user's language.
  static constexpr std::string_view k_months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  const size_t month = k_months.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  const auto time = parse_time(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4), month / 3 + 1, text.substr(5, 2), text.substr(17, 8)));
  if (!time) return std::nullopt;
  return std::max(milliseconds(0), *time - now);
}

milliseconds RetryTransport::jittered(milliseconds wait) {
  std::array<uint8_t, 4> bytes{};
  random_.fill(bytes);
  uint32_t draw = 0;
  std::memcpy(&draw, bytes.data(), bytes.size());
  const double share = 0.5 + 0.5 * (static_cast<double>(draw) / 4294967296.0);
  return milliseconds(static_cast<int64_t>(static_cast<double>(wait.count()) * share));
}

Result<Response> RetryTransport::send(const Request& request, std::stop_token stop) {
  milliseconds back_off = policy_.first_wait;
  for (int attempt = 1;; ++attempt) {
    auto result = inner_.send(request, stop);
    if (attempt >= policy_.attempts || !may_be_sent_twice(request.method) || !is_worth_another(result)) return result;
    milliseconds wait = jittered(std::min(back_off, policy_.longest_wait));
    if (result) {
      if (const auto header = find_header(result->headers, "retry-after")) {
        const auto asked = parse_retry_after(*header, clock_.now());
        if (asked && *asked > policy_.longest_wait) return result;
        if (asked) wait = *asked;
      }
    }
    if (!wait_(wait, stop)) return fail(ErrorCode::interrupted, "interrupted while waiting to ask again");
    back_off *= 2;
  }
}

}  // namespace mops::http
