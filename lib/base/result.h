#pragma once

#include "base/error.h"

#include <tl/expected.hpp>

namespace mops {

/// A value, or the one error that stopped us.
template <typename T>
using Result = tl::expected<T, Error>;

/// `return fail(ErrorCode::refused, "message", "what to do");`
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string help = {}) {
  return tl::unexpected<Error>(Error{.code = code, .message = std::move(message), .help = std::move(help)});
}

}  // namespace mops

#define MOPS_CONCAT_INNER(a, b) a##b
#define MOPS_CONCAT(a, b) MOPS_CONCAT_INNER(a, b)

/// `MOPS_TRY(write(...));` returns the error of a Result to the caller.
#define MOPS_TRY(expression)                                                              \
  do {                                                                                    \
    if (auto mops_result = (expression); !mops_result)                                    \
      return ::tl::unexpected<::mops::Error>(std::move(mops_result).error());             \
  } while (false)

/// `MOPS_ASSIGN(auto text, read(path));` declares the value, or returns the error to the caller.
#define MOPS_ASSIGN(declaration, expression) \
  MOPS_ASSIGN_INNER(declaration, expression, MOPS_CONCAT(mops_result_, __LINE__))
#define MOPS_ASSIGN_INNER(declaration, expression, name)                                  \
  auto name = (expression);                                                               \
  if (!name) return ::tl::unexpected<::mops::Error>(std::move(name).error());             \
  declaration = std::move(*name)
