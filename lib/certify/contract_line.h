#pragma once

#include "evidence/certificate.h"
#include "model/manifest.h"

#include <map>
#include <string>

namespace mops::certify {

/// `lenient`: nothing broke, but a client is not told what it did wrong.
enum class Fault { lenient, broken };

/// Counts what became of the requests of one check.
class ContractLine {
 public:
  explicit ContractLine(std::string name) : name_(std::move(name)) {}

  void passed() { ++sent_; }
  /// `problem`: what was sent and what came.
  void failed(Fault fault, std::string problem);
  void answered(int status) { ++statuses_[status]; }

  [[nodiscard]] evidence::Check finish(model::Level level) const;
  /// The check as it stands when the rest could not be sent: INCONCLUSIVE unless it has failed before.
  [[nodiscard]] evidence::Check cut_short(model::Level level) const;

 private:
  [[nodiscard]] std::string note() const;

  std::string name_;
  uint64_t sent_ = 0;
  uint64_t lenient_ = 0;
  uint64_t broken_ = 0;
  std::string first_lenient_;
  std::string first_broken_;
  std::map<int, uint64_t> statuses_;
};

}  // namespace mops::certify
