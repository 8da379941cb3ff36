#include "platform/compatibility.h"

#include "model/version.h"

namespace mops::platform {
namespace {

bool are_neighbours(const model::Version& a, const model::Version& b) {
  if (a.major == b.major) return std::max(a.minor, b.minor) - std::min(a.minor, b.minor) <= 1;
  const model::Version& later = a.major > b.major ? a : b;
  return std::max(a.major, b.major) - std::min(a.major, b.major) == 1 && later.minor == 0;
}

}  // namespace

Result<void> may_talk(std::string_view client, std::string_view platform) {
  const auto ours = model::Version::parse(client);
  const auto theirs = model::Version::parse(platform);
  if (ours && theirs && are_neighbours(*ours, *theirs)) return {};
  return fail(ErrorCode::usage, fmt::format("this is mops {}, the platform is mops {}: they may differ by one release", client, platform),
              "use the mops of the platform, or upgrade the platform release by release with `mops up`");
}

bool is_later(std::string_view a, std::string_view b) {
  const auto first = model::Version::parse(a);
  const auto second = model::Version::parse(b);
  return first && second && *first > *second;
}

}  // namespace mops::platform
