#pragma once

#include "fakes/source_folder.h"
#include "policy/metaschemas.h"

namespace mops::fakes {

/// The metaschemas of draft 2020-12, under their URIs.
inline policy::SchemaLibrary metaschema_library() {
  static const SourceFolder schemas("schemas");
  return policy::metaschema_library(schemas.files());
}

}  // namespace mops::fakes
