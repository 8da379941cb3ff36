#pragma once

#include <cstddef>
#include <cstdint>

namespace mops::net {

enum class IoState : uint8_t {
  done,     ///< bytes were moved (writing: all of them)
  blocked,  ///< come back when the socket is ready; some bytes may have been moved
  closed,   ///< reading: the peer sent its last byte
  failed,   ///< reset, broken pipe, …
};

struct IoResult {
  size_t bytes = 0;
  IoState state = IoState::done;
};

}  // namespace mops::net
