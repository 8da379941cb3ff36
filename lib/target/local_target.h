#pragma once

#include "http/transport.h"
#include "target/target.h"

#include <map>
#include <mutex>
#include <utility>

namespace mops::target {

/// Versions as processes of this machine. Each has a session of its own, listens on 127.0.0.1, prints into its log (rotated
/// at start above 10 MB), and survives the end of this process, however it comes. `transport` is asked from the threads that
/// call `ready`.
class LocalTarget final : public Target {
 public:
  explicit LocalTarget(http::Transport& transport) : transport_(transport) {}

  Result<Instance> start(const VersionSpec& spec) override;
  Result<Probe> ready(const Instance& instance, std::stop_token stop) override;
  std::optional<Error> ended(const Instance& instance) override;
  std::vector<Endpoint> endpoints(const Instance& instance) override;
  Result<void> scale(const Instance& instance, uint32_t count) override;
  Result<void> logs(const Instance& instance, const LogRequest& request, const OutputSink& sink, std::stop_token stop) override;
  Result<void> stop(const Instance& instance, std::chrono::milliseconds grace) override;
  Result<void> adopt(const Instance& recorded) override;
  std::vector<Instance> running(const std::string& owner) override;

  /// Ends at once all that was started in that folder by a process that was killed before it could stop them. The folder is
  /// one that nobody else uses.
  static void end_all_in(const Path& folder);

 private:
  /// `status` is a wait status; nullopt for one that is not our child (adopted), where it cannot be known.
  struct End {
    std::optional<int> status = {};
  };
  std::optional<End> end_of(const Instance& instance);
  /// Empty when it answered 200, else what came instead.
  Result<std::string> ask(const Instance& instance, const std::string& path, const std::stop_token& stop);
  bool has_own_port(const Instance& instance);

  http::Transport& transport_;
  std::mutex mutex_;
  std::map<pid_t, std::pair<uint64_t, int>> ended_children_;  ///< start time and wait status of reaped children
  std::map<pid_t, uint64_t> port_seen_;                       ///< start times of those that were seen listening on their port
};

}  // namespace mops::target
