#include "platform/preparation.h"

#include <algorithm>

namespace mops::platform {

void Preparations::begin(const std::string& key, Work work) {
  drop(key);
  const std::lock_guard lock(mutex_);
  if (is_ended_) return;
  std::erase_if(tasks_, [](const Task& task) { return task.is_finished; });
  Task& task = tasks_.emplace_back(Task{.key = key});
  task.thread = std::jthread([this, &task, work = std::move(work)](const std::stop_token& stop) { run(task, work, stop); });
}

void Preparations::run(Task& task, const Work& work, const std::stop_token& stop) {
  std::chrono::milliseconds pause = pauses_.first;
  while (!stop.stop_requested()) {
    auto outcome = work(stop);
    if (stop.stop_requested()) break;
    const bool is_done = outcome.has_value();
    on_attempt_(task.key, std::move(outcome));
    if (is_done) break;
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, stop, pause, [] { return false; });
    pause = std::min(pause * 2, pauses_.longest);
  }
  const std::lock_guard lock(mutex_);
  task.is_finished = true;
}

void Preparations::drop(const std::string& key) {
  const std::lock_guard lock(mutex_);
  for (Task& task : tasks_)
    if (task.key == key) task.thread.request_stop();
}

void Preparations::end() {
  std::list<Task> ending;
  {
    const std::lock_guard lock(mutex_);
    is_ended_ = true;
    ending.swap(tasks_);
  }
  for (Task& task : ending) task.thread.request_stop();
}

}  // namespace mops::platform
