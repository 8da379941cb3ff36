#pragma once

#include "platform/state.h"
#include "target/target.h"

#include <mutex>

namespace mops::platform {

/// What an instance is for: the key of its row and of its supervision.
std::string route_key(const std::string& stage, const std::string& model, const Digest& payload);

/// A target whose instances are in the state before anybody hears of them, so that a platform that was killed finds them
/// again. Adopted and stopped instances are recorded alike.
class RecordedTarget final : public target::Target {
 public:
  /// Specs carry in `key` what route_key gave.
  RecordedTarget(target::Target& inner, State& state, std::mutex& state_mutex) : inner_(inner), state_(state), mutex_(state_mutex) {}

  Result<target::Instance> start(const target::VersionSpec& spec) override;
  Result<void> stop(const target::Instance& instance, std::chrono::milliseconds grace) override;
  Result<target::Probe> ready(const target::Instance& instance, std::stop_token stop) override { return inner_.ready(instance, stop); }
  std::optional<Error> ended(const target::Instance& instance) override { return inner_.ended(instance); }
  std::vector<target::Endpoint> endpoints(const target::Instance& instance) override { return inner_.endpoints(instance); }
  Result<void> scale(const target::Instance& instance, uint32_t count) override { return inner_.scale(instance, count); }
  Result<void> logs(const target::Instance& instance, const target::LogRequest& request, const OutputSink& sink, std::stop_token stop) override {
    return inner_.logs(instance, request, sink, stop);
  }
  Result<void> adopt(const target::Instance& recorded) override { return inner_.adopt(recorded); }
  std::vector<target::Instance> running(const std::string& owner) override { return inner_.running(owner); }

 private:
  target::Target& inner_;
  State& state_;
  std::mutex& mutex_;
};

}  // namespace mops::platform
