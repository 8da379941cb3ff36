#pragma once

#include "document/builder.h"
#include "document/yaml_events.h"

namespace mops::document {

/// Says what is wrong with the YAML in the words of this house, at the place where a person would look for it.
void report_syntax(DocumentBuilder& builder, std::string_view text, const SyntaxProblem& problem);

}  // namespace mops::document
