#pragma once

#include "document/node.h"

#include <string_view>

namespace mops::document {

/// Gives `node` the kind and value of a plain scalar by the core schema of YAML 1.2 (chapter 10.3.2), from `text`.
void resolve_plain(Node& node, std::string_view text);

/// Gives `node` the value of a number: [+-]? digits, with a fraction or an exponent when `kind` is number.
void set_number(Node& node, NodeKind kind, std::string_view text);

}  // namespace mops::document
