#include "load/tally.h"

#include <algorithm>

namespace mops::load {
namespace {

constexpr std::chrono::milliseconds k_late{1};

uint64_t nanoseconds(std::chrono::nanoseconds time) { return static_cast<uint64_t>(std::max<int64_t>(time.count(), 0)); }

}  // namespace

void Tally::arrived(std::chrono::nanoseconds late) {
  report_.send_delay.record(nanoseconds(late));
  report_.sent_late += late > k_late ? 1 : 0;
}

void Tally::answered(const Request& request, int status, SteadyTime arrived) {
  is_answered_ = true;
  count(request);
  if (status >= 300) {
    const auto error = status >= 500 ? &LoadErrors::status_5xx : status >= 400 ? &LoadErrors::status_4xx : &LoadErrors::status_3xx;
    return count_error(error, request, fmt::format("status {}", status));
  }
  if (!request.measured) return;
  last_answer_ = std::max(last_answer_, arrived);
  report_.uncorrected.record(nanoseconds(arrived - request.sent));
  report_.latency.record(nanoseconds(arrived - request.counts_from));
}

void Tally::failed(const Request& request, Failure failure, std::string_view problem) {
  count(request);
  switch (failure) {
    case Failure::connect_failed: return count_error(&LoadErrors::connect, request, problem);
    case Failure::timed_out: return count_error(&LoadErrors::timeout, request, problem);
    case Failure::malformed: return count_error(&LoadErrors::malformed, request, problem);
    case Failure::reset:
    case Failure::closed_before_answer: return count_error(&LoadErrors::reset, request, problem);
  }
}

void Tally::count(const Request& request) { ++(request.measured ? report_.requests : report_.warmup_requests); }

void Tally::count_error(uint64_t LoadErrors::* error, const Request& request, std::string_view problem) {
  if (report_.first_error.empty()) report_.first_error = problem;
  ++(request.measured ? report_.errors.*error : report_.warmup_errors);
}

}  // namespace mops::load
