#include "cli/platform_here.h"

#include "cli/journal_faults.h"

#include <thread>

namespace mops::cli {
namespace {

using namespace std::chrono_literals;

/// Requests in flight end where they are; as long as a version is drained.
constexpr auto k_time_to_finish = 300s;

Result<std::vector<platform::HandedSocket>> duplicates(const std::vector<platform::LeftGateway>& gateways) {
  std::vector<platform::HandedSocket> sockets;
  for (const platform::LeftGateway& left : gateways) {
    MOPS_ASSIGN(FileDescriptor duplicate, left.gateway->socket().duplicate());
    MOPS_ASSIGN(auto socket, net::ListeningSocket::adopt(std::move(duplicate)));
    sockets.push_back({.stage = left.stage, .socket = std::move(socket)});
  }
  return sockets;
}

Error busy_with(const std::string& what) {
  return {.code = ErrorCode::refused, .message = what, .help = "wait until that is done, look at `mops status`, then run the same command again"};
}

/// The gateways finish what they have, side by side.
void finish(std::vector<platform::LeftGateway>& gateways) {
  std::vector<std::jthread> finishing;
  for (platform::LeftGateway& left : gateways) finishing.emplace_back([&gateway = *left.gateway] { gateway.leave(k_time_to_finish); });
}

}  // namespace

void say_what_serves(Env& env, const platform::PlatformStatus& status) {
  for (const std::string& line : lines_about(status.journal_faults)) env.console.err(env.console.paint_err(Colour::red, line) + "\n");
  for (const platform::StageStatus& stage : status.stages) env.console.err(fmt::format("stage {} serves on http://{}\n", stage.name, stage.listen));
}

Result<void> PlatformHere::start(std::vector<platform::HandedSocket> inherited) {
  MOPS_ASSIGN(running_, platform::Platform::start(options_, world_, std::move(inherited)));
  MOPS_ASSIGN(admin_, platform::AdminServer::start(*running_, options_.folder.socket()));
  MOPS_ASSIGN(offer_, platform::HandoverOffer::start(options_.folder, [this] {
    const std::lock_guard lock(mutex_);
    is_asked_ = true;
    news_.notify_all();
  }));
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
    env_.console.err(fmt::format("{} takes the place of this platform; requests in flight are finished\n", successor->who()));
    if (sockets && successor->hand(*sockets)) {
      finish(*left);
      return ExitCode::done;
    }
    env_.console.err(fmt::format("{} has gone; this platform takes its place again\n", successor->who()));
    const auto again = take_place_again(*left);
    finish(*left);
    MOPS_TRY(again);
  }
  env_.console.err("stopping: requests in flight are finished, then the versions stop\n");
  offer_.reset();
  running_->stop();
  return ExitCode::done;
}

Result<void> PlatformHere::take_place_again(const std::vector<platform::LeftGateway>& left) {
  // What the other one held, its process lets go of a moment later.
  for (const SteadyDeadline deadline(10s);;) {
    MOPS_ASSIGN(auto sockets, duplicates(left));
    auto started = start(std::move(sockets));
    if (started || deadline.passed()) return started;
    std::this_thread::sleep_for(50ms);
  }
}

/// nullopt: it is to stop.
std::optional<platform::Successor> PlatformHere::next_successor() {
  const std::stop_callback on_signal(env_.stop, [this] { running_->request_stop(); });
  std::unique_lock lock(mutex_);
  if (!news_.wait(lock, running_->stop_requested(), [this] { return is_asked_; })) return std::nullopt;
  is_asked_ = false;
  lock.unlock();
  return offer_->take();
}

}  // namespace mops::cli
