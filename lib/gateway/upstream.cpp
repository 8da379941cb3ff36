#include "gateway/upstream.h"

namespace mops::gateway {

Upstream::~Upstream() {
  if (stream) loop_.forget(stream.fd(), *this);
}

void Upstream::on_ready(net::Readiness ready) {
  stream.note(ready);
  if (user) return user->on_upstream();
  // Nothing is expected on an idle connection: whatever comes, it cannot be used any more. Being writable is no news.
  if (ready.readable || ready.hung_up || ready.failed) retire();
}

bool Upstream::nothing_arrived() const {
  const auto acknowledged = stream.acknowledged();
  return acknowledged && *acknowledged <= sent_when_idle_;
}

void Upstream::retire() { pool_.drop(pool_.remove_idle(place_)); }

std::unique_ptr<Upstream> Pool::remove_idle(size_t place) {
  std::unique_ptr<Upstream> out = std::move(idle_[place]);
  if (place + 1 < idle_.size()) {
    idle_[place] = std::move(idle_.back());
    idle_[place]->place_ = place;
  }
  idle_.pop_back();
  return out;
}

std::unique_ptr<Upstream> Pool::take(UpstreamUser& user) {
  if (idle_.empty()) return nullptr;
  std::unique_ptr<Upstream> upstream = remove_idle(idle_.size() - 1);
  upstream->idle_.disarm();
  upstream->user = &user;
  ++busy;
  return upstream;
}

std::unique_ptr<Upstream> Pool::connect(UpstreamUser& user) {
  auto stream = net::Stream::connect(address_);
  if (!stream) return nullptr;
  auto upstream = std::make_unique<Upstream>(loop_, *this, std::move(*stream));
  if (!loop_.watch(upstream->stream.fd(), *upstream)) {
    upstream->stream.close();
    return nullptr;
  }
  upstream->user = &user;
  ++busy;
  return upstream;
}

void Pool::give_back(std::unique_ptr<Upstream> upstream) {
  if (tables == 0 || idle_.size() >= options_.max_idle) return drop(std::move(upstream));
  --busy;
  upstream->user = nullptr;
  upstream->head.reset();
  upstream->in.clear();
  upstream->place_ = idle_.size();
  upstream->sent_when_idle_ = upstream->sent;
  loop_.arm(upstream->idle_, options_.idle_timeout);
  idle_.push_back(std::move(upstream));
}

void Pool::drop(std::unique_ptr<Upstream> upstream) {
  if (upstream->user) --busy;
  upstream->user = nullptr;
  upstream->idle_.disarm();
  loop_.forget(upstream->stream.fd(), *upstream);
  upstream->stream.close();
  loop_.retire(std::move(upstream));
}

void Pool::close_idle() {
  while (!idle_.empty()) drop(remove_idle(idle_.size() - 1));
}

}  // namespace mops::gateway
