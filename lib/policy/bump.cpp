#include "policy/bump.h"

#include <fmt/format.h>

namespace mops::policy {

std::optional<Diagnostic> check_bump(const model::Version& from, const model::Version& to, const model::InterfaceComparison& change) {
  const model::Bump made = bump_between(from, to);
  const model::Bump demanded = demanded_bump(from, change.bump());
  if (made >= demanded) return std::nullopt;
  const std::string next = next_version(from, demanded).to_string();
  return Diagnostic{.rule = "version/bump",
                    .message = fmt::format("{} is a {} step from {}, the interface demands a {} one: {}", to.to_string(), to_string(made), from.to_string(),
                                           to_string(demanded), change.decisive_change()->sentence),
                    .location = {},
                    .help = change.first_break() == nullptr ? fmt::format("take version {}", next)
                                                            : fmt::format("take version {}, or keep what clients of {} use", next, from.to_string())};
}

}  // namespace mops::policy
