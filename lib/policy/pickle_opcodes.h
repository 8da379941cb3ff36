#pragma once

#include <string_view>

namespace mops::policy {

/// Whether the bytes are a pickle of any protocol that makes more than one plain value, or calls code on the way: opcodes up to STOP or to
/// that call, each with its argument and with what it takes from the stack. They are only read, nothing is run.
bool are_pickle_opcodes(std::string_view bytes);

}  // namespace mops::policy
