#pragma once

#include "base/diagnostic.h"
#include "document/node.h"

#include <string>

namespace mops::document {

/// Whether `node` is a number, boolean or null for want of quotes: with them it is a string, and nothing else changes.
bool is_quotable(const Node& node);

/// "without quotes `1.10` is read as the number 1.1; write `"1.10"`"; empty for what no quotes make a string.
std::string quoting_help(const Node& node);

/// Puts quotes round the text of a quotable node; an anchor before it stays.
Fix quoting_fix(const Node& node, std::string path);

}  // namespace mops::document
