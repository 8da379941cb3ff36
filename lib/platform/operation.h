#pragma once

#include "platform/admin_messages.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace mops::platform {

/// Tells the client of an operation, and nobody else, what is being done now.
using ReportStep = std::function<void(std::string step)>;

/// Switches that go on or have ended, by id. One at a time per model. Threads: any.
class Operations {
 public:
  using Work = std::function<Result<JournalRecord>(const ReportStep&, std::stop_token)>;

  ~Operations();

  /// Asks all that go on to stop, and returns when they have ended; later ones are refused.
  void end();

  /// Starts `work` in a thread of its own. Error: refused while another works on `subject` (says since when and for whom).
  Result<void> start(const std::string& id, const std::string& subject, const std::string& actor, SystemTime now, Work work);
  /// How far it is; waits up to `patience` for more than `seen_steps` steps or its end. Error: not_found.
  Result<OperationStatus> wait(const std::string& id, size_t seen_steps, std::chrono::milliseconds patience);
  /// Who switches what at present, "ada is switching churn in dev"; nullopt: nobody.
  std::optional<std::string> present();
  /// Asks it to stop where it still can. Error: not_found.
  Result<void> cancel(const std::string& id);

 private:
  struct Operation {
    std::string subject;
    std::string actor;
    SystemTime started{};
    OperationStatus status;
    std::jthread thread;
  };

  std::mutex mutex_;
  std::condition_variable news_;
  std::map<std::string, std::shared_ptr<Operation>> operations_;
  bool is_ended_ = false;
};

}  // namespace mops::platform
