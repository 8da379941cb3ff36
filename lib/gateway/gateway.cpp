#include "gateway/gateway.h"

#include "gateway/session.h"
#include "gateway/worker.h"

#include <condition_variable>
#include <future>
#include <thread>

namespace mops::gateway {

namespace {

/// Counts down from any thread; waiting has a deadline.
class Latch {
 public:
  explicit Latch(size_t count) : left_(count) {}
  void count_down() {
    const std::lock_guard lock(mutex_);
    if (left_ > 0 && --left_ == 0) changed_.notify_all();
  }
  bool wait(std::chrono::milliseconds deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, deadline, [this] { return left_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t left_;
};

}  // namespace

struct Gateway::Impl {
  struct Thread {
    std::unique_ptr<net::Loop> loop;
    std::unique_ptr<Worker> worker;
    std::thread thread;
  };

  Shared shared;
  std::optional<net::ListeningSocket> socket;
  net::Address address;
  std::vector<Thread> threads;
  bool over = false;

  /// Visits the threads one after the other, then hands over the sum.
  void collect(size_t index, std::shared_ptr<GatewayStats> sum, std::function<void(GatewayStats)> done) {
    if (index == threads.size()) return done(std::move(*sum));
    threads[index].loop->post([this, index, sum, done] {
      sum->merge(threads[index].worker->stats());
      collect(index + 1, sum, done);
    });
  }

  void join() {
    for (Thread& thread : threads) thread.loop->stop();
    for (Thread& thread : threads) thread.thread.join();
    over = true;
  }
};

Result<std::unique_ptr<Gateway>> Gateway::start(const net::Address& address, GatewayOptions options) {
  MOPS_ASSIGN(auto socket, net::ListeningSocket::open(address));
  return start(std::move(socket), std::move(options));
}

Result<std::unique_ptr<Gateway>> Gateway::start(net::ListeningSocket socket, GatewayOptions options) {
  std::unique_ptr<Gateway> gateway(new Gateway(std::make_unique<Impl>()));
  Impl& impl = *gateway->impl_;
  impl.over = true;
  impl.shared.tls = options.tls;
  impl.shared.options = std::move(options);
  if (!impl.shared.options.record.folder.empty()) {
    MOPS_ASSIGN(impl.shared.recorder, Recorder::start(impl.shared.options.record));
  }
  impl.address = socket.address();
  impl.socket.emplace(std::move(socket));
  impl.shared.collect = [&impl](std::function<void(GatewayStats)> done) {
    auto sum = std::make_shared<GatewayStats>();
    {
      const std::lock_guard lock(impl.shared.mutex);
      if (impl.shared.table) sum->generation = impl.shared.table->routes.generation;
    }
    if (impl.shared.recorder) sum->record = impl.shared.recorder->stats();
    impl.collect(0, std::move(sum), std::move(done));
  };
  for (size_t i = 0; i < std::max<size_t>(impl.shared.options.threads, 1); ++i) {
    MOPS_ASSIGN(auto loop, net::Loop::create());
    auto worker = std::make_unique<Worker>(impl.shared, *loop, *impl.socket);
    MOPS_TRY(worker->listen());
    impl.threads.push_back({.loop = std::move(loop), .worker = std::move(worker)});
  }
  for (Impl::Thread& thread : impl.threads) {
    thread.thread = std::thread([loop = thread.loop.get()] { loop->run(); });
  }
  impl.over = false;
  return gateway;
}

Gateway::Gateway(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Gateway::~Gateway() {
  if (!impl_->over) stop(std::chrono::milliseconds(0));
}

const net::Address& Gateway::address() const { return impl_->address; }
const net::ListeningSocket& Gateway::socket() const { return *impl_->socket; }

Result<void> Gateway::swap(RouteTable table) {
  MOPS_ASSIGN(auto resolved, ResolvedTable::make(std::move(table)));
  {
    const std::lock_guard lock(impl_->shared.mutex);
    impl_->shared.table = std::move(resolved);
    impl_->shared.sequence.fetch_add(1, std::memory_order_release);
  }
  // The request path looks by itself; this lets an idle thread close the connections of versions that have gone.
  for (Impl::Thread& thread : impl_->threads) {
    thread.loop->post([worker = thread.worker.get()] { worker->table(); });
  }
  return {};
}

void Gateway::use_certificate(std::shared_ptr<const net::TlsContext> tls) {
  const std::lock_guard lock(impl_->shared.mutex);
  impl_->shared.tls = std::move(tls);
}

GatewayStats Gateway::stats() const {
  if (impl_->over) {
    GatewayStats sum;
    for (const Impl::Thread& thread : impl_->threads) sum.merge(thread.worker->stats());
    return sum;
  }
  auto result = std::make_shared<std::promise<GatewayStats>>();
  auto future = result->get_future();
  impl_->shared.collect([result](GatewayStats stats) { result->set_value(std::move(stats)); });
  return future.get();
}

VersionStats Gateway::stats_of(const std::string& model, const std::string& payload) const {
  VersionStats sum{.model = model, .payload = payload};
  const auto add = [&](const Impl::Thread& thread) {
    const VersionStats* const own = thread.worker->state().find_stats(model, payload);
    if (own == nullptr) return;
    sum.version = own->version;
    sum.merge(*own);
  };
  for (const Impl::Thread& thread : impl_->threads) {
    if (impl_->over) {
      add(thread);
      continue;
    }
    auto added = std::make_shared<std::promise<void>>();
    thread.loop->post([&add, &thread, added] {
      add(thread);
      added->set_value();
    });
    added->get_future().get();
  }
  return sum;
}

bool Gateway::wait_drained(const std::string& payload, std::chrono::milliseconds deadline) {
  if (impl_->over) return true;
  auto latch = std::make_shared<Latch>(impl_->threads.size());
  for (Impl::Thread& thread : impl_->threads) {
    thread.loop->post([worker = thread.worker.get(), payload, latch] {
      worker->table();
      worker->state().when_drained(payload, [latch] { latch->count_down(); });
    });
  }
  return latch->wait(deadline);
}

bool Gateway::leave(std::chrono::milliseconds deadline) {
  impl_->shared.is_succeeded = true;
  return stop(deadline);
}

bool Gateway::stop(std::chrono::milliseconds deadline) {
  if (impl_->over) return true;
  impl_->shared.draining = true;
  const SteadyDeadline end(deadline);
  auto deaf = std::make_shared<Latch>(impl_->threads.size());
  auto latch = std::make_shared<Latch>(impl_->threads.size());
  for (Impl::Thread& thread : impl_->threads) {
    thread.loop->post([worker = thread.worker.get(), deaf, latch] {
      worker->stop_accepting();
      deaf->count_down();
      worker->drain([latch] { latch->count_down(); });
    });
  }
  // Who connects from now on shall be refused, not wait in the kernel's queue for the end.
  if (deaf->wait(end.left())) impl_->socket.reset();
  const bool drained = latch->wait(end.left());
  for (Impl::Thread& thread : impl_->threads) {
    thread.loop->post([worker = thread.worker.get()] { worker->cut_off(); });
  }
  impl_->join();
  impl_->socket.reset();
  return drained;
}

}  // namespace mops::gateway
