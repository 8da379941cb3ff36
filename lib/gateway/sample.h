#pragma once

#include "base/clock.h"
#include "gateway/route.h"
#include "model/interface.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mops::gateway {

/// A body on its way past; what is larger than the limit is not kept at all.
class SampledBody {
 public:
  static constexpr size_t k_most = 16 * 1024;

  void add(std::string_view bytes) {
    is_whole_ = is_whole_ && bytes_.size() + bytes.size() <= k_most;
    if (is_whole_) bytes_ += bytes;
  }
  void give_up() { is_whole_ = false; }
  /// Empty when not all of it is here.
  [[nodiscard]] std::string_view view() const { return is_whole_ ? std::string_view(bytes_) : std::string_view(); }

 private:
  std::string bytes_;
  bool is_whole_ = true;
};

/// A request for an inference and what became of it, taken out of all for the record.
struct Sample {
  SystemTime time{};          ///< of the end
  std::string request_id = {};
  std::string model = {};
  std::string version = {};
  std::string payload = {};
  Role role = Role::primary;
  uint64_t generation = 0;    ///< of the model's route
  uint32_t status = 0;        ///< 499: the client had gone
  double latency_ms = 0;
  double probability = 1;     ///< with which it was taken
  std::shared_ptr<const model::Interface> interface = {};  ///< null: not known, and no value is kept
  SampledBody request = {};
  SampledBody answer = {};
};

}  // namespace mops::gateway
