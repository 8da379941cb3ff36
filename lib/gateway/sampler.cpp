#include "gateway/sampler.h"

namespace mops::gateway {

double Sampler::draw(SteadyTime now, double per_second, stats::Generator& chance) {
  if (per_second <= 0) return 0;
  if (const std::chrono::duration<double> passed = now - began_; passed.count() >= 1) {
    const double rate = static_cast<double>(seen_) / passed.count();
    // After two seconds there was one without any request, whatever came before.
    probability_ = rate > per_second && passed.count() < 2 ? per_second / rate : 1;
    began_ = now;
    seen_ = 0;
    taken_ = 0;
  }
  ++seen_;
  if (chance.uniform() >= probability_) return 0;
  const double probability = probability_;
  // More come than a second ago.
  if (++taken_ >= per_second) {
    probability_ /= 2;
    taken_ = 0;
  }
  return probability;
}

}  // namespace mops::gateway
