#pragma once

#include "base/embedded_file.h"
#include "policy/schema.h"

#include <span>

namespace mops::policy {

/// The metaschemas of draft 2020-12 under their URIs, from the folder `draft2020-12` of `schemas`: what `$schema` and `$ref`
/// may name without any network. Borrows the texts.
SchemaLibrary metaschema_library(std::span<const EmbeddedFile> schemas);

}  // namespace mops::policy
