#include "base/duration.h"

#include <array>
#include <charconv>
#include <cmath>

namespace mops {
namespace {

struct Unit {
  std::string_view name;
  int64_t milliseconds;
};

constexpr std::array<Unit, 4> k_units = {{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
constexpr double k_longest = 1000.0 * 3'600'000;

std::optional<int64_t> unit_of(std::string_view name) {
  if (name.empty()) return 1000;
  for (const Unit& unit : k_units)
    if (unit.name == name) return unit.milliseconds;
  return std::nullopt;
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto unit = unit_of(text.substr(static_cast<size_t>(end - text.data())));
  if (error != std::errc() || !unit) return fail(ErrorCode::usage, fmt::format("`{}` is not a duration", text), "write `250ms`, `20s`, `1.5m` or `2h`");
  const double milliseconds = number * static_cast<double>(*unit);
  if (!(milliseconds >= 0 && milliseconds <= k_longest))
    return fail(ErrorCode::usage, fmt::format("the duration `{}` is out of range", text), "expected 0 to 1000 hours");
  return std::chrono::milliseconds(std::llround(milliseconds));
}

std::string duration_text(std::chrono::milliseconds duration) {
  const int64_t count = duration.count();
  for (size_t i = k_units.size() - 1; i > 0; --i)
    if (count > 0 && count % k_units[i].milliseconds == 0) return fmt::format("{} {}", count / k_units[i].milliseconds, k_units[i].name);
  return fmt::format("{} ms", count);
}

}  // namespace mops
