#include "target/supervisor.h"

#include <algorithm>
#include <fmt/format.h>

namespace mops::target {

using std::chrono::milliseconds;

struct Supervisor::Watched {
  std::string key;
  std::optional<VersionSpec> spec = {};
  std::optional<Error> obstacle = {};  ///< of one without a spec
  // What follows belongs to the stepping thread; others read it under the lock.
  Instance instance = {};
  InstanceState state = InstanceState::waiting;
  bool has_run = false;
  std::optional<Error> error = {};
  uint32_t restarts = 0;
  uint32_t failures = 0;
  milliseconds next_pause{0};
  SteadyTime up_since = {};
  SteadyTime due = {};
  SteadyTime probe_due = {};
};

std::string_view to_string(InstanceState state) {
  switch (state) {
    case InstanceState::preparing: return "preparing";
    case InstanceState::broken: return "broken";
    case InstanceState::starting: return "starting";
    case InstanceState::ready: return "ready";
    case InstanceState::unready: return "unready";
    case InstanceState::waiting: return "waiting";
  }
  return "unknown";
}

namespace {

bool is_running(InstanceState state) { return state == InstanceState::starting || state == InstanceState::ready || state == InstanceState::unready; }

}  // namespace

Supervisor::Supervisor(Target& target, Clock& clock, OnChange on_change, SupervisorTimes times)
    : target_(target), clock_(clock), on_change_(std::move(on_change)), times_(times) {}

void Supervisor::put(WatchedPointer watched) {
  watched->next_pause = times_.first_pause;
  watched->up_since = watched->due = watched->probe_due = clock_.steady();
  watched_[watched->key] = std::move(watched);
  ++additions_;
  changed_.notify_all();
}

void Supervisor::watch(Watched watched) {
  auto pointer = std::make_shared<Watched>(std::move(watched));
  const std::lock_guard lock(mutex_);
  put(std::move(pointer));
}

void Supervisor::add(std::string key, VersionSpec spec, Instance running, InstanceState state) {
  watch({.key = std::move(key), .spec = std::move(spec), .instance = std::move(running), .state = state, .has_run = true});
}

void Supervisor::add_stopped(std::string key, VersionSpec spec) { watch({.key = std::move(key), .spec = std::move(spec)}); }

void Supervisor::add_unprepared(std::string key, std::optional<Instance> running) {
  if (running) watch({.key = std::move(key), .instance = std::move(*running), .state = InstanceState::ready, .has_run = true});
  else watch({.key = std::move(key), .state = InstanceState::preparing});
}

void Supervisor::provide(const std::string& key, VersionSpec spec) {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(key);
  if (found == watched_.end() || found->second->spec) return;
  // A new one in its place: the old one may be in the middle of a probe.
  const Watched& before = *found->second;
  auto watched = std::make_shared<Watched>();
  *watched = {.key = key, .spec = std::move(spec), .instance = before.instance, .state = is_running(before.state) ? before.state : InstanceState::waiting,
              .has_run = before.has_run, .error = before.error, .restarts = before.restarts};
  put(std::move(watched));
}

void Supervisor::obstruct(const std::string& key, Error error) {
  StateChange change;
  {
    const std::lock_guard lock(mutex_);
    const auto found = watched_.find(key);
    if (found == watched_.end() || found->second->spec) return;
    Watched& watched = *found->second;
    watched.obstacle = std::move(error);
    if (!is_running(watched.state)) watched.state = InstanceState::broken;
    change = told(watched);
  }
  if (on_change_) on_change_(change);
}

StateChange Supervisor::told(const Watched& watched) {
  return {.key = watched.key, .state = watched.state, .instance = watched.instance, .error = watched.obstacle ? watched.obstacle : watched.error,
          .restarts = watched.restarts};
}

std::optional<Instance> Supervisor::remove(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(key);
  if (found == watched_.end()) return std::nullopt;
  const WatchedPointer watched = found->second;
  watched_.erase(found);
  if (!is_running(watched->state)) return std::nullopt;
  return watched->instance;
}

std::vector<StateChange> Supervisor::states() const {
  const std::lock_guard lock(mutex_);
  std::vector<StateChange> out;
  for (const auto& [key, watched] : watched_) out.push_back(told(*watched));
  return out;
}

std::vector<Supervisor::WatchedPointer> Supervisor::due(SteadyTime now) {
  const std::lock_guard lock(mutex_);
  std::vector<WatchedPointer> out;
  for (const auto& [key, watched] : watched_)
    if (watched->due <= now && watched->state != InstanceState::preparing && watched->state != InstanceState::broken) out.push_back(watched);
  return out;
}

bool Supervisor::holds(const WatchedPointer& watched) const {
  const auto found = watched_.find(watched->key);
  return found != watched_.end() && found->second == watched;
}

void Supervisor::change(const WatchedPointer& watched, InstanceState state, std::optional<Error> error) {
  StateChange change;
  {
    const std::lock_guard lock(mutex_);
    if (!holds(watched)) return;
    watched->state = state;
    watched->error = std::move(error);
    change = told(*watched);
  }
  if (on_change_) on_change_(change);
}

void Supervisor::took_down(const WatchedPointer& watched, Error error) {
  const SteadyTime now = clock_.steady();
  InstanceState state = InstanceState::waiting;
  {
    const std::lock_guard lock(mutex_);
    if (!watched->spec) state = watched->obstacle ? InstanceState::broken : InstanceState::preparing;
    const bool was_steady = watched->state != InstanceState::starting && now - watched->up_since >= times_.steady_after;
    if (was_steady) watched->next_pause = times_.first_pause;
    watched->due = now + watched->next_pause;
    watched->next_pause = std::min(watched->next_pause * 2, times_.longest_pause);
  }
  change(watched, state, std::move(error));
}

void Supervisor::start(const WatchedPointer& watched) {
  // What a crashed one left running would hold its memory, and answer beside the new one.
  if (watched->has_run) static_cast<void>(target_.stop(watched->instance, milliseconds(0)));
  auto started = target_.start(*watched->spec);
  if (!started) return took_down(watched, std::move(started).error());
  bool is_wanted = true;
  {
    const std::lock_guard lock(mutex_);
    is_wanted = holds(watched);
    watched->instance = *started;
    watched->restarts += watched->has_run ? 1 : 0;
    watched->has_run = true;
    watched->failures = 0;
    watched->up_since = clock_.steady();
    watched->probe_due = watched->up_since;
    watched->due = watched->up_since;
  }
  if (is_wanted) change(watched, InstanceState::starting);
  // Removed while it was being started: nobody else knows of this process.
  else if (const auto stopped = target_.stop(*started, times_.stop_grace); !stopped && on_change_)
    on_change_({.key = watched->key, .state = InstanceState::unready, .instance = *started, .error = stopped.error()});
}

void Supervisor::probe(const WatchedPointer& watched, const std::stop_token& stop) {
  const Result<Probe> probe = target_.ready(watched->instance, stop);
  if (stop.stop_requested()) return;
  if (!probe && probe.error().code == ErrorCode::refused) return took_down(watched, probe.error());
  const SteadyTime now = clock_.steady();
  const InstanceState state = watched->state;
  const auto unready_error = [&] {
    if (!probe) return probe.error();
    return Error{.code = ErrorCode::refused, .message = fmt::format("`{}` is not ready: {}", watched->instance.name, probe->detail)};
  };
  if (probe && probe->readiness == Readiness::ready) {
    watched->failures = 0;
    if (state == InstanceState::starting) watched->up_since = now;
    if (state != InstanceState::ready) change(watched, InstanceState::ready);
  } else if (state == InstanceState::starting) {
    const bool lost = probe && probe->readiness == Readiness::port_taken;
    if (!lost && now - watched->up_since < watched->spec->startup_timeout) return;
    if (const auto stopped = target_.stop(watched->instance, times_.stop_grace); !stopped) return took_down(watched, stopped.error());
    took_down(watched, unready_error());
  } else if (++watched->failures >= times_.probe_failures && state == InstanceState::ready) {
    change(watched, InstanceState::unready, unready_error());
  }
}

void Supervisor::look_after(const WatchedPointer& watched, const std::stop_token& stop) {
  if (watched->state == InstanceState::waiting) return start(watched);
  const SteadyTime now = clock_.steady();
  watched->due = now + times_.watch_interval;
  if (now >= watched->probe_due) {
    watched->probe_due = now + (watched->state == InstanceState::starting ? times_.starting_probe_interval : times_.probe_interval);
    watched->due = std::min(watched->due, watched->probe_due);
    return probe(watched, stop);
  }
  watched->due = std::min(watched->due, watched->probe_due);
  if (auto error = target_.ended(watched->instance)) took_down(watched, std::move(*error));
}

SteadyTime Supervisor::step(std::stop_token stop) {
  for (const WatchedPointer& watched : due(clock_.steady())) {
    if (stop.stop_requested()) break;
    {
      const std::lock_guard lock(mutex_);
      if (!holds(watched)) continue;
    }
    look_after(watched, stop);
  }
  const std::lock_guard lock(mutex_);
  SteadyTime next = clock_.steady() + times_.longest_pause;
  for (const auto& [key, watched] : watched_)
    if (watched->state != InstanceState::preparing && watched->state != InstanceState::broken) next = std::min(next, watched->due);
  return next;
}

void Supervisor::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex_);
    const uint64_t seen = additions_;
    lock.unlock();
    const SteadyTime next = step(stop);
    lock.lock();
    changed_.wait_until(lock, stop, next, [&] { return additions_ != seen; });
  }
}

}  // namespace mops::target
