#include "gateway/worker.h"

#include "gateway/session.h"

#include <array>
#include <cstring>

namespace mops::gateway {

Worker::Worker(Shared& shared, net::Loop& loop, const net::ListeningSocket& socket)
    : shared_(shared),
      loop_(loop),
      acceptor_(loop, socket, [this](net::Stream stream) { accept(std::move(stream)); }),
      state_(loop, {.max_idle = shared.options.max_idle_upstreams, .idle_timeout = shared.options.upstream_idle_timeout}) {
  std::array<uint8_t, 8> seed{};
  RealRandom().fill(seed);
  std::memcpy(&id_prefix_, seed.data(), seed.size());
  chance_ = stats::Generator(id_prefix_);
}

Worker::~Worker() = default;

void Worker::accept(net::Stream stream) {
  ++accepted_;
  if (sessions_.size() >= shared_.options.max_connections) return;
  if (shared_.options.tls) {
    const std::lock_guard lock(shared_.mutex);
    stream.start_tls(shared_.tls);
  }
  const uint64_t id = ++last_session_;
  auto session = std::make_unique<Session>(*this, id, std::move(stream));
  if (!session->start()) return;
  Session& started = *session;
  sessions_.emplace(id, std::move(session));
  if (shared_.draining) started.drain();
}

void Worker::remove(Session& session) {
  const auto found = sessions_.find(session.id());
  if (found == sessions_.end()) return;
  loop_.retire(std::move(found->second));
  sessions_.erase(found);
  if (sessions_.empty() && drained_) std::exchange(drained_, nullptr)();
}

bool Worker::may_shake_hands() {
  constexpr int k_handshakes_per_turn = 4;
  if (std::exchange(handshake_turn_, loop_.now()) != loop_.now()) handshakes_ = 0;
  return handshakes_++ < k_handshakes_per_turn;
}

std::unique_ptr<Sample> Worker::sample(const LocalModel& model, const LocalVersion& version) {
  if (!shared_.recorder) return nullptr;
  const double probability = version.counters->sampler.draw(loop_.now(), shared_.options.record.samples_per_second, chance_);
  if (probability == 0) return nullptr;
  const VersionRoute& route = *version.route;
  return std::make_unique<Sample>(Sample{.model = model.route->model, .version = route.version, .payload = route.payload, .role = route.role,
                                         .generation = model.route->generation, .probability = probability, .interface = route.interface});
}

Session* Worker::find(uint64_t id) {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : found->second.get();
}

void Worker::drain(std::function<void()> done) {
  std::vector<uint64_t> ids;
  for (const auto& [id, session] : sessions_) ids.push_back(id);
  for (const uint64_t id : ids) {
    if (Session* session = find(id)) session->drain();
  }
  state_.close_idle();
  if (sessions_.empty()) return done();
  drained_ = std::move(done);
}

void Worker::cut_off() {
  acceptor_.stop();
  while (!sessions_.empty()) sessions_.begin()->second->cut_off();
  state_.close_idle();
}

LocalTable* Worker::table() {
  const uint64_t newest = shared_.sequence.load(std::memory_order_acquire);
  if (newest != sequence_) {
    std::shared_ptr<const ResolvedTable> source;
    {
      const std::lock_guard lock(shared_.mutex);
      source = shared_.table;
      sequence_ = shared_.sequence.load(std::memory_order_acquire);
    }
    state_.adopt(std::move(source));
  }
  return state_.table();
}

GatewayStats Worker::stats() const {
  return {.connections = sessions_.size(), .accepted = accepted_, .streamed = streamed_, .rejected = rejected_, .versions = state_.stats()};
}

void Worker::make_request_id(std::string& out) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  out.resize(32);
  uint64_t high = id_prefix_;
  // An odd multiplier runs through all values: ids of one gateway never repeat, and neighbours do not look alike.
  uint64_t low = ++id_counter_ * 0x9e3779b97f4a7c15ULL;
  for (size_t i = 0; i < 16; ++i, high >>= 4, low >>= 4) {
    out[15 - i] = k_digits[high & 15];
    out[31 - i] = k_digits[low & 15];
  }
}

}  // namespace mops::gateway
