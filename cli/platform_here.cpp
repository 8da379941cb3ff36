#include "cli/platform_here.h"

#include "cli/journal_faults.h"

#include <thread>

namespace mops::cli {
namespace {

using namespace std::chrono_literals;

/// Requests in flight end where they are; as long as a version is drained.
constexpr auto k_time_to_finish = 300s;
/// And as long as a platform that stops finishes them.
constexpr auto k_stop_grace = 10s;

Result<std::vector<platform::HandedSocket>> duplicates(const std::vector<platform::LeftGateway>& gateways) {
  std::vector<platform::HandedSocket> sockets;
  for (const platform::LeftGateway& left : gateways) {
    MOPS_ASSIGN(auto socket, left.gateway->socket().duplicate());
    sockets.push_back({.stage = left.stage, .socket = std::move(socket)});
  }
  return sockets;
}

Error busy_with(const std::string& what) {
  return {.code = ErrorCode::refused, .message = what, .help = "wait until that is done, look at `mops status`, then run the same command again"};
}

}  // namespace

void say_what_serves(Env& env, const platform::PlatformStatus& status) {
  for (const std::string& line : lines_about(status.journal_faults)) env.console.err(env.console.paint_err(Colour::red, line) + "\n");
  for (const platform::StageStatus& stage : status.stages) env.console.err(fmt::format("stage {} serves on http://{}\n", stage.name, stage.listen));
}

Result<void> PlatformHere::start(std::vector<platform::HandedSocket> inherited) {
  if (!running_) {
    MOPS_ASSIGN(running_, platform::Platform::start(options_, world_, std::move(inherited)));
  }
  if (!admin_) {
    MOPS_ASSIGN(admin_, platform::AdminServer::start(*running_, options_.folder.socket()));
  }
  if (!offer_) {
    {
      // Who asked an offer that is closed has gone.
      const std::lock_guard lock(mutex_);
      is_asked_ = false;
    }
    MOPS_ASSIGN(offer_, platform::HandoverOffer::start(options_.folder, [this] {
      const std::lock_guard lock(mutex_);
      is_asked_ = true;
      news_.notify_all();
    }));
  }
  return {};
}

Result<ExitCode> PlatformHere::run(std::optional<platform::Takeover> takeover) {
  MOPS_TRY(start(takeover ? std::move(takeover->sockets) : std::vector<platform::HandedSocket>()));
  if (takeover) takeover->finish();
  say_what_serves(env_, running_->status());
  env_.console.err(fmt::format("state in {}\nnext: mops promote NAME@VERSION -m REASON (Ctrl-C or `mops down` stops it)\n", options_.folder.root.string()));
  while (auto successor = next_successor()) {
    if (const auto busy = running_->operations().present()) {
      successor->refuse(busy_with(*busy));
      continue;
    }
    // Whoever asks while the platform leaves would ask one that is half gone.
    admin_.reset();
    auto left = running_->leave();
    if (!left) {
      MOPS_ASSIGN(admin_, platform::AdminServer::start(*running_, options_.folder.socket()));
      successor->refuse(left.error());
      continue;
    }
    auto sockets = duplicates(*left);
    offer_.reset();
    running_.reset();
    if (!sockets) {
      successor->refuse(sockets.error());
      env_.console.err(fmt::format("{} cannot take the place of this platform: {}\n", successor->who(), sockets.error().message));
    } else {
      env_.console.err(fmt::format("{} takes the place of this platform; requests in flight are finished\n", successor->who()));
      if (successor->hand(*sockets)) {
        finish(std::move(*left));
        return ExitCode::done;
      }
      env_.console.err(fmt::format("{} has gone; this platform takes its place again\n", successor->who()));
    }
    const auto again = take_place_again(*left);
    finish(std::move(*left));
    MOPS_TRY(again);
  }
  env_.console.err("stopping: requests in flight are finished, then the versions stop\n");
  offer_.reset();
  // The versions that they ask still run.
  for (const SteadyDeadline deadline(k_stop_grace); const std::future<void>& finishing : finishing_) (void)finishing.wait_for(deadline.left());
  running_->stop();
  return ExitCode::done;
}

Result<void> PlatformHere::take_place_again(const std::vector<platform::LeftGateway>& left) {
  // What the other one held, its process lets go of a moment later.
  for (const SteadyDeadline deadline(10s);;) {
    auto started = duplicates(left).and_then([this](std::vector<platform::HandedSocket> sockets) { return start(std::move(sockets)); });
    if (started || deadline.passed()) return started;
    std::this_thread::sleep_for(50ms);
  }
}

void PlatformHere::finish(std::vector<platform::LeftGateway> gateways) {
  for (platform::LeftGateway& left : gateways)
    finishing_.push_back(std::async(std::launch::async, [gateway = std::move(left.gateway)] { gateway->leave(k_time_to_finish); }));
}

/// nullopt: it is to stop.
std::optional<platform::Successor> PlatformHere::next_successor() {
  const std::stop_callback on_signal(env_.stop, [this] { running_->request_stop(); });
  std::unique_lock lock(mutex_);
  while (news_.wait(lock, running_->stop_requested(), [this] { return is_asked_; })) {
    is_asked_ = false;
    lock.unlock();
    if (auto successor = offer_->take()) return successor;
    lock.lock();
  }
  return std::nullopt;
}

}  // namespace mops::cli
