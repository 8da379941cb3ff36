#pragma once

#include "load/connection.h"
#include "load/load.h"

namespace mops::load {

/// Adds up what becomes of the requests of one run.
class Tally {
 public:
  explicit Tally(SteadyTime measured_from) : last_answer_(measured_from) {}

  /// Open loop: a request was looked at so long after its intended start.
  void arrived(std::chrono::nanoseconds late);
  void answered(const Request& request, int status, SteadyTime arrived);
  void failed(const Request& request, Failure failure, std::string_view problem);
  void connecting() { ++report_.connections_opened; }
  void reconnected() { ++report_.reconnects; }

  /// An answer of HTTP came, whatever its status, also in the warm-up.
  [[nodiscard]] bool is_answered() const { return is_answered_; }
  [[nodiscard]] const LoadReport& so_far() const { return report_; }
  [[nodiscard]] SteadyTime last_answer() const { return last_answer_; }
  /// Nothing can be counted afterwards.
  LoadReport take() { return std::move(report_); }

 private:
  void count(const Request& request);
  void count_error(uint64_t LoadErrors::* error, const Request& request, std::string_view problem);

  LoadReport report_;
  SteadyTime last_answer_;
  bool is_answered_ = false;
};

}  // namespace mops::load
