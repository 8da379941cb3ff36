#include "base/error.h"

#include <cctype>
#include <system_error>

namespace mops {

Error Error::in_context(std::string outer) && {
  causes.insert(causes.begin(), std::move(message));
  message = std::move(outer);
  return std::move(*this);
}

Error errno_error(std::string what, int errno_value) {
  std::string reason = std::generic_category().message(errno_value);
  if (!reason.empty()) reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
  std::string help;
  if (errno_value == ENOSPC) help = "free some disk space, then run the same command again";
  if (errno_value == EACCES || errno_value == EPERM) help = "check who owns it, or run as the user who does";
  const ErrorCode code = errno_value == ENOENT ? ErrorCode::not_found : ErrorCode::outside;
  return Error{.code = code, .message = std::move(what) + ": " + reason, .help = std::move(help)};
}

}  // namespace mops
