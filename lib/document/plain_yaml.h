#pragma once

#include "document/builder.h"

namespace mops::document {

/// Reads the part of YAML in which nearly all files are written, several times faster than libyaml: collections in blocks and in
/// brackets, plain and quoted scalars of one line, comments. The tree is the one that libyaml's events make. False: the text needs
/// the rest of the language or is wrong, which is for libyaml to say; then begin anew with DocumentBuilder::restart. The text must
/// hold nothing that find_bad_encoding or find_forbidden_in_yaml find.
[[nodiscard]] bool read_plain_yaml(DocumentBuilder& builder);

}  // namespace mops::document
