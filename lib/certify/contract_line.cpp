#include "certify/contract_line.h"

#include "base/text.h"

#include <fmt/format.h>

namespace mops::certify {

void ContractLine::failed(Fault fault, std::string problem) {
  ++sent_;
  std::string& first = fault == Fault::broken ? first_broken_ : first_lenient_;
  if (first.empty()) first = std::move(problem);
  ++(fault == Fault::broken ? broken_ : lenient_);
}

std::string ContractLine::note() const {
  const uint64_t wrong = broken_ + lenient_;
  if (wrong > 0) {
    const std::string& first = broken_ > 0 ? first_broken_ : first_lenient_;
    return wrong == 1 ? first : fmt::format("{}; {} more", first, wrong - 1);
  }
  std::vector<std::string> words;
  for (const auto& [status, count] : statuses_) words.push_back(fmt::format("{} × {}", count, status));
  return words.empty() ? "" : "answered " + join(words, ", ");
}

evidence::Check ContractLine::finish(model::Level level) const {
  evidence::Check check{.name = name_, .value = static_cast<double>(broken_ + lenient_), .limit = {.maximum = 0}, .n = sent_, .verdict = Verdict::passed, .note = note()};
  if (lenient_ > 0) check.verdict = level == model::Level::production ? Verdict::failed : Verdict::warned;
  if (broken_ > 0) check.verdict = Verdict::failed;
  return check;
}

evidence::Check ContractLine::cut_short(model::Level level) const {
  if (broken_ > 0) return finish(level);
  return {.name = name_, .limit = {.maximum = 0}, .n = sent_, .verdict = Verdict::inconclusive, .note = "not sent: the model no longer answers"};
}

}  // namespace mops::certify
