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

  /// Room for values that are still to be assigned.
  template <typename T>
  std::span<T> reserve(size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);
    if (count == 0) return {};
    return {static_cast<T*>(memory_.allocate(count * sizeof(T), alignof(T))), count};
  }

 private:
  template <typename T>
  std::span<const T> copy(std::span<const T> items) {
    const std::span<T> place = reserve<T>(items.size());
    if (!items.empty()) std::memcpy(place.data(), items.data(), items.size_bytes());
    return place;
  }

  std::pmr::monotonic_buffer_resource memory_;
};

}  // namespace mops::document
