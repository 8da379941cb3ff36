#pragma once

#include "document/reader.h"
#include "model/interface.h"

namespace mops::model {

/// `interface` as a manifest has it. Problems are told to the field's reader.
Interface read_interface(const document::Field& field);

}  // namespace mops::model
