#include "cli/signals.h"

#include <csignal>
#include <cstdlib>
#include <pthread.h>
#include <unistd.h>

namespace mops::cli {
namespace {

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) sigaddset(&set, signal);
  return set;
}

}  // namespace

Signals::Signals() {
  ::signal(SIGPIPE, SIG_IGN);
  const sigset_t set = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  waiter_ = std::thread([this, set] {
    while (true) {
      int signal = 0;
      // SIGUSR1 is the destructor's word that the process is done.
      if (::sigwait(&set, &signal) != 0 || signal == SIGUSR1) return;
      if (source_.stop_requested()) ::_exit(130);
      source_.request_stop();
    }
  });
}

Signals::~Signals() {
  ::pthread_kill(waiter_.native_handle(), SIGUSR1);
  waiter_.join();
}

}  // namespace mops::cli
