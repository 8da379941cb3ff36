#pragma once

#include "target/target.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <vector>

namespace mops::fakes {

/// Instances in memory. What `spec.command` says decides: `{"ready"}`, `{"never-ready"}`, `{"exit", "3"}`, `{"port-taken"}`.
/// Tests change what runs through `crash` and `set_ready`.
class FakeTarget final : public target::Target {
 public:
  Result<target::Instance> start(const target::VersionSpec& spec) override {
    const std::lock_guard lock(mutex_);
    calls.push_back("start " + spec.name);
    if (start_error) return fail(*start_error);
    if (spec.command.empty()) return fail(ErrorCode::usage, fmt::format("`{}` has no command to start", spec.name));
    const pid_t pid = next_pid_++;
    running_[pid] = {.command = spec.command, .is_ready = spec.command[0] == "ready", .owner = spec.owner};
    return running_[pid].instance = target::Instance{.name = spec.name, .model = spec.model, .payload = spec.payload, .pid = pid, .start_time = 1, .boot_id = "fake",
                            .port = static_cast<uint16_t>(10'000 + pid), .log = spec.log};
  }

  Result<target::Probe> ready(const target::Instance& instance, std::stop_token) override {
    const std::lock_guard lock(mutex_);
    if (auto error = end_of(instance)) return fail(std::move(*error));
    const Process& process = running_.at(instance.pid);
    if (process.command[0] == "port-taken") return target::Probe{.readiness = target::Readiness::port_taken, .detail = "another program listens on it"};
    if (process.is_ready) return target::Probe{.readiness = target::Readiness::ready};
    return target::Probe{.detail = "GET /v2/health/ready answered 503"};
  }

  std::optional<Error> ended(const target::Instance& instance) override {
    const std::lock_guard lock(mutex_);
    return end_of(instance);
  }

  std::vector<target::Endpoint> endpoints(const target::Instance& instance) override {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(instance.pid);
    std::vector<target::Endpoint> endpoints;
    for (uint32_t i = 0; i < (found == running_.end() ? 1 : found->second.instances); ++i)
      endpoints.push_back({.host = "127.0.0.1", .port = static_cast<uint16_t>(instance.port + i * 1'000)});
    return endpoints;
  }

  Result<void> scale(const target::Instance& instance, uint32_t count) override {
    const std::lock_guard lock(mutex_);
    if (count > most_instances) return fail(ErrorCode::refused, fmt::format("the fake target runs {} instance of `{}`, not {}", most_instances, instance.name, count));
    running_.at(instance.pid).instances = count;
    return {};
  }

  Result<void> logs(const target::Instance& instance, const target::LogRequest&, const OutputSink& sink, std::stop_token) override {
    sink(fmt::format("log of {}\n", instance.name), false);
    return {};
  }

  Result<void> stop(const target::Instance& instance, std::chrono::milliseconds) override {
    const std::lock_guard lock(mutex_);
    if (running_.erase(instance.pid) > 0) calls.push_back("stop " + instance.name);
    return {};
  }

  Result<void> adopt(const target::Instance& recorded) override {
    const std::lock_guard lock(mutex_);
    if (recorded.boot_id != "fake") return fail(ErrorCode::refused, "the machine was started anew since then");
    if (auto error = end_of(recorded)) return fail(std::move(*error));
    return {};
  }

  std::vector<target::Instance> running(const std::string& owner) override {
    const std::lock_guard lock(mutex_);
    std::vector<target::Instance> found;
    for (const auto& [pid, process] : running_)
      if (process.owner == owner && process.command[0] != "exit") found.push_back(process.instance);
    return found;
  }

  void crash(const target::Instance& instance) {
    const std::lock_guard lock(mutex_);
    running_.at(instance.pid).command = {"exit", "134"};
  }
  void set_ready(const target::Instance& instance, bool is_ready) {
    const std::lock_guard lock(mutex_);
    running_.at(instance.pid).is_ready = is_ready;
  }
  [[nodiscard]] size_t count_running() {
    const std::lock_guard lock(mutex_);
    return static_cast<size_t>(std::count_if(running_.begin(), running_.end(), [](const auto& entry) { return entry.second.command[0] != "exit"; }));
  }

  std::vector<std::string> calls;
  std::optional<Error> start_error;
  uint32_t most_instances = 1;

 private:
  struct Process {
    std::vector<std::string> command;
    bool is_ready = false;
    std::string owner = {};
    target::Instance instance = {};
    uint32_t instances = 1;
  };

  std::optional<Error> end_of(const target::Instance& instance) {
    const auto found = running_.find(instance.pid);
    if (found == running_.end()) return Error{.code = ErrorCode::refused, .message = fmt::format("`{}` has ended", instance.name)};
    const auto& command = found->second.command;
    if (command[0] != "exit") return std::nullopt;
    return Error{.code = ErrorCode::refused, .message = fmt::format("`{}` ended with exit code {}", instance.name, command[1])};
  }

  std::mutex mutex_;
  pid_t next_pid_ = 1;
  std::map<pid_t, Process> running_;
};

}  // namespace mops::fakes
