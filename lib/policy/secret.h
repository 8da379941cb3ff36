#pragma once

#include "base/source.h"

#include <string>
#include <string_view>
#include <vector>

namespace mops::policy {

/// What looks like a secret in a text. Never carries the secret itself.
struct FoundSecret {
  std::string_view kind;  ///< "a private key", "a GitHub token"
  Span span;              ///< of the whole secret
};

/// Finds what can be told by its form: private keys in PEM, tokens with a prefix of their own, passwords in URLs. Placeholders and
/// the documented examples of their makers are left out. One pass over the text per form; columns count code points.
std::vector<FoundSecret> find_secrets(std::string_view text);

}  // namespace mops::policy
