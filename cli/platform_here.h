#pragma once

#include "cli/env.h"
#include "cli/exit_code.h"
#include "platform/admin_server.h"
#include "platform/handover.h"
#include "platform/platform.h"

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace mops::cli {

/// A platform in this process, with its admin API, from its start until it is stopped or another one has taken its place.
class PlatformHere {
 public:
  PlatformHere(Env& env, platform::PlatformOptions options, platform::PlatformWorld world) : env_(env), options_(std::move(options)), world_(world) {}

  /// With `takeover` in the place of the one that was asked. Errors: as Platform::start and AdminServer::start.
  Result<ExitCode> run(std::optional<platform::Takeover> takeover);

 private:
  /// Whatever of platform, admin API and offer is not there.
  Result<void> start(std::vector<platform::HandedSocket> inherited);
  std::optional<platform::Successor> next_successor();
  Result<void> take_place_again(const std::vector<platform::LeftGateway>& left);
  /// They end what they have, each in a thread of its own.
  void finish(std::vector<platform::LeftGateway> gateways);

  Env& env_;
  platform::PlatformOptions options_;
  platform::PlatformWorld world_;
  std::mutex mutex_;
  std::condition_variable_any news_;
  bool is_asked_ = false;  ///< the offer may have a successor; guarded by `mutex_`
  std::unique_ptr<platform::Platform> running_;
  std::unique_ptr<platform::AdminServer> admin_;
  std::unique_ptr<platform::HandoverOffer> offer_;
  std::vector<std::future<void>> finishing_;
};

/// Which address each stage serves at, and what is wrong with the journal.
void say_what_serves(Env& env, const platform::PlatformStatus& status);

}  // namespace mops::cli
