#include "net/buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mops::net {

BufferPool::~BufferPool() {
  for (char* block : free_) delete[] block;
}

char* BufferPool::take() {
  if (free_.empty()) return new char[k_block_bytes];
  char* block = free_.back();
  free_.pop_back();
  return block;
}

void BufferPool::give_back(char* block) {
  if (free_.size() < k_max_free) {
    free_.push_back(block);
  } else {
    delete[] block;
  }
}

void Buffer::swap(Buffer& other) noexcept {
  std::swap(pool_, other.pool_);
  std::swap(data_, other.data_);
  std::swap(begin_, other.begin_);
  std::swap(end_, other.end_);
  std::swap(capacity_, other.capacity_);
}

void Buffer::append(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::span<char> room = prepare(bytes.size());
  std::memcpy(room.data(), bytes.data(), bytes.size());
  commit(bytes.size());
}

std::span<char> Buffer::prepare(size_t wanted) {
  if (!data_ && wanted <= BufferPool::k_block_bytes) {
    data_ = pool_->take();
    capacity_ = BufferPool::k_block_bytes;
  }
  if (capacity_ - end_ < wanted && begin_ > 0 && capacity_ - size() >= wanted) {
    std::memmove(data_, data_ + begin_, size());
    end_ -= begin_;
    begin_ = 0;
  }
  if (capacity_ - end_ < wanted) {
    const size_t grown = std::max(capacity_ * 2, size() + wanted);
    char* larger = new char[grown];
    const size_t held = size();
    if (held > 0) std::memcpy(larger, data_ + begin_, held);
    clear();
    data_ = larger;
    capacity_ = grown;
    end_ = held;
  }
  return {data_ + end_, capacity_ - end_};
}

void Buffer::consume(size_t bytes) {
  begin_ += bytes;
  if (begin_ == end_) begin_ = end_ = 0;
}

void Buffer::clear() {
  if (data_) {
    if (capacity_ == BufferPool::k_block_bytes) {
      pool_->give_back(data_);
    } else {
      delete[] data_;
    }
  }
  data_ = nullptr;
  begin_ = end_ = capacity_ = 0;
}

}  // namespace mops::net
