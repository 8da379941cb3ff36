#include "certify/answers.h"

#include "base/digest.h"
#include "evidence/answer_digest.h"

namespace mops::certify {
namespace {

evidence::AnswerValue answer_value(const tensor::Scalar& value) {
  return std::visit(
      [](const auto& v) -> evidence::AnswerValue {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, uint64_t>) {
          if (v <= static_cast<uint64_t>(INT64_MAX)) return static_cast<int64_t>(v);
          return std::to_string(v);
        } else {
          return v;
        }
      },
      value);
}

std::vector<std::string> digests_of(const tensor::Answer& answer, std::string_view raw_row, double tolerance) {
  const Digest key = sha256(raw_row);
  const std::string_view key_bytes(reinterpret_cast<const char*>(key.bytes().data()), key.bytes().size());
  std::vector<std::string> digests;
  for (const tensor::Column& output : answer.outputs) {
    std::vector<evidence::AnswerValue> values;
    for (const tensor::Scalar& value : output.values) values.push_back(answer_value(value));
    for (std::string& digest : evidence::answer_digests(key_bytes, output.name, values, tolerance)) digests.push_back(std::move(digest));
  }
  return digests;
}

}  // namespace

std::vector<uint64_t> spread_rows(uint64_t rows, uint64_t count) {
  std::vector<uint64_t> chosen;
  if (rows <= count) {
    for (uint64_t row = 0; row < rows; ++row) chosen.push_back(row);
    return chosen;
  }
  for (uint64_t i = 0; i < count; ++i) chosen.push_back(count == 1 ? 0 : i * (rows - 1) / (count - 1));
  return chosen;
}

Result<evidence::CertifiedAnswers> certify_answers(ModelClient& client, const tensor::Dataset& dataset, const std::vector<uint64_t>& rows,
                                                   double tolerance, std::stop_token stop) {
  evidence::CertifiedAnswers certified{.tolerance = tolerance};
  for (const uint64_t row : rows) {
    MOPS_ASSIGN(const tensor::Answer answer, client.ask(dataset, {.first = row, .end = row + 1}, stop));
    certified.rows.push_back({.row = row, .digests = digests_of(answer, dataset.raw(row), tolerance)});
  }
  return certified;
}

Result<void> verify_answers(ModelClient& client, const tensor::Dataset& dataset, const evidence::CertifiedAnswers& certified, std::stop_token stop) {
  uint64_t different = 0;
  uint64_t first = 0;
  for (const evidence::CertifiedRow& row : certified.rows) {
    if (row.row >= dataset.rows())
      return fail(ErrorCode::refused, fmt::format("row {} was certified, but `{}` has {} rows", row.row + 1, dataset.path(), dataset.rows()),
                  "the data set is not the certified one: restore it, or certify again");
    MOPS_ASSIGN(const tensor::Answer answer, client.ask(dataset, {.first = row.row, .end = row.row + 1}, stop));
    if (evidence::answers_match(row.digests, digests_of(answer, dataset.raw(row.row), certified.tolerance))) continue;
    if (different++ == 0) first = row.row;
  }
  if (different == 0) return {};
  return fail(ErrorCode::refused,
              fmt::format("{} of {} certified rows are answered otherwise than certified, first row {} of `{}`", different, certified.rows.size(), first + 1,
                          dataset.path()),
              "what runs here is not what was certified: look for other library versions, hardware or configuration, and certify again");
}

}  // namespace mops::certify
