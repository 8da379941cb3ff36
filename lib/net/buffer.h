#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace mops::net {

/// Blocks of memory of one thread. An idle connection holds none.
class BufferPool {
 public:
  static constexpr size_t k_block_bytes = 16 * 1024;

  BufferPool() = default;
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  ~BufferPool();

  char* take();
  void give_back(char* block);

 private:
  static constexpr size_t k_max_free = 1024;
  std::vector<char*> free_;
};

/// A queue of bytes in one piece: appended at the end, consumed at the front. Small ones live in a block of the pool, which
/// goes back as soon as nothing is in it; larger ones have memory of their own. Views stay good until the next change.
class Buffer {
 public:
  explicit Buffer(BufferPool& pool) : pool_(&pool) {}
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Buffer() { clear(); }

  [[nodiscard]] std::string_view view() const { return {data_ + begin_, end_ - begin_}; }
  [[nodiscard]] size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }

  void append(std::string_view bytes);
  /// At least `wanted` bytes of room at the end, to be filled and then committed.
  std::span<char> prepare(size_t wanted);
  void commit(size_t bytes) { end_ += bytes; }
  void consume(size_t bytes);
  /// Gives the memory back.
  void clear();
  /// Gives the memory back if nothing is in it.
  void release_if_empty() {
    if (empty()) clear();
  }

 private:
  void swap(Buffer& other) noexcept;

  BufferPool* pool_ = nullptr;
  char* data_ = nullptr;
  size_t begin_ = 0;
  size_t end_ = 0;
  size_t capacity_ = 0;
};

}  // namespace mops::net
