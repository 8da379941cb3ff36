#include "evidence/answer_digest.h"

#include "base/digest.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mops::evidence {
namespace {

constexpr size_t k_digest_size = 16;
constexpr double k_least_tolerance = 1e-12;
constexpr double k_largest_tolerance = 0.5;

class ElementDigest {
 public:
  ElementDigest(std::string_view row_key, std::string_view output_name, size_t element)
      : row_key_(row_key), prefix_(fmt::format("{}|{}|", output_name, element)) {}

  [[nodiscard]] std::string operator()(char grid, std::string_view cell) const {
    return hmac_sha256(row_key_, fmt::format("{}{}|{}", prefix_, grid, cell)).hex().substr(0, k_digest_size);
  }

 private:
  std::string_view row_key_;
  std::string prefix_;
};

double even_scale(double x) { return std::abs(x) <= 1 ? x : std::copysign(1 + std::log(std::abs(x)), x); }

std::string digest_number(const ElementDigest& digest, double x, double tolerance) {
  if (std::isnan(x)) return digest('=', "nan");
  if (std::isinf(x)) return digest('=', x > 0 ? "inf" : "-inf");
  // Adding 0.0 turns -0.0 into 0.0.
  if (tolerance <= 0) return digest('=', fmt::format("number {}", x + 0.0));
  const double position = even_scale(x) / (4 * std::clamp(tolerance, k_least_tolerance, k_largest_tolerance));
  const auto cell = [](double at) { return fmt::format("{}", static_cast<int64_t>(std::floor(at))); };
  return digest('0', cell(position)) + digest('1', cell(position + 0.5));
}

struct Visitor {
  const ElementDigest& digest;
  double tolerance;

  std::string operator()(std::monostate) const { return digest('=', "null"); }
  std::string operator()(bool value) const { return digest('=', value ? "true" : "false"); }
  std::string operator()(int64_t value) const { return digest('=', fmt::format("integer {}", value)); }
  std::string operator()(double value) const { return digest_number(digest, value, tolerance); }
  std::string operator()(const std::string& value) const { return digest('=', fmt::format("text {}", value)); }
};

bool element_matches(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || a.empty() || a.size() % k_digest_size != 0) return false;
  for (size_t at = 0; at < a.size(); at += k_digest_size)
    if (a.substr(at, k_digest_size) == b.substr(at, k_digest_size)) return true;
  return false;
}

}  // namespace

std::vector<std::string> answer_digests(std::string_view row_key, std::string_view output_name, std::span<const AnswerValue> values, double tolerance) {
  std::vector<std::string> digests;
  digests.reserve(values.size());
  for (size_t element = 0; element < values.size(); ++element)
    digests.push_back(std::visit(Visitor{ElementDigest(row_key, output_name, element), tolerance}, values[element]));
  return digests;
}

bool answers_match(std::span<const std::string> certified, std::span<const std::string> served) {
  return std::equal(certified.begin(), certified.end(), served.begin(), served.end(), element_matches);
}

}  // namespace mops::evidence
