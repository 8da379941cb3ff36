#pragma once

#include <cstring>
#include <memory_resource>
#include <span>
#include <string_view>
#include <type_traits>

namespace mops::document {

/// Memory that is given back all at once, with the document it belongs to.
class Arena {
 public:
  std::string_view keep(std::string_view text) { return {copy<char>(text).data(), text.size()}; }

  template <typename T>
  std::span<const T> keep(std::span<const T> items) {
    return copy<T>(items);
  }

 private:
  template <typename T>
  std::span<const T> copy(std::span<const T> items) {
    static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);
    if (items.empty()) return {};
    void* place = memory_.allocate(items.size_bytes(), alignof(T));
    std::memcpy(place, items.data(), items.size_bytes());
    return {static_cast<const T*>(place), items.size()};
  }

  std::pmr::monotonic_buffer_resource memory_;
};

}  // namespace mops::document
