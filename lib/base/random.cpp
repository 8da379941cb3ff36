#include "base/random.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <sys/random.h>

namespace mops {

void RealRandom::fill(std::span<uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::getrandom(bytes.data(), bytes.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    // Without randomness no key and no id is safe; getrandom(0) fails only on a kernel that cannot run mops at all.
    if (n < 0) std::abort();
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
}

std::string make_ulid(SystemTime time, Random& random) {
  constexpr std::string_view k_crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::array<uint8_t, 16> bytes{};
  random.fill(std::span(bytes).subspan(6));
  auto milliseconds = static_cast<uint64_t>(time.time_since_epoch().count());
  for (size_t i = 6; i-- > 0; milliseconds >>= 8) bytes[i] = static_cast<uint8_t>(milliseconds & 0xFF);
  std::string out(26, '0');
  // 26 digits of 5 bits are 130: the first digit carries only the top 3 of the 128.
  for (size_t digit = 0; digit < 26; ++digit) {
    unsigned value = 0;
    for (size_t b = 0; b < 5; ++b) {
      const size_t bit = digit * 5 + b;
      const unsigned set = bit < 2 ? 0U : bytes[(bit - 2) / 8] >> (7 - (bit - 2) % 8) & 1U;
      value = value << 1 | set;
    }
    out[digit] = k_crockford[value];
  }
  return out;
}

}  // namespace mops
