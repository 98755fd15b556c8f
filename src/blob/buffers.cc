#include "blob/buffers.h"

#include <sys/mman.h>

#include <new>
#include <utility>

namespace wharf::blob {
namespace {

std::byte* map(std::size_t size_bytes) {
  void* at = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  return static_cast<std::byte*>(at);
}

}  // namespace

Buffer::Buffer(Buffer&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), bytes_(std::exchange(other.bytes_, {})) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(pool_, other.pool_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

Buffer::~Buffer() {
  if (pool_ != nullptr) pool_->give_back(bytes_);
}

BufferPool::~BufferPool() {
  for (auto* at : kept_) ::munmap(at, kLargeBytes);
}

Buffer BufferPool::take() {
  const std::lock_guard lock(mutex_);
  if (large_out_ == kMostLarge) {
    Buffer small(this, {map(kSmallBytes), kSmallBytes});
    ++small_out_;
    return small;
  }
  kept_.reserve(kMostKept);  // so that give_back cannot throw
  std::byte* at = nullptr;
  if (kept_.empty()) {
    at = map(kLargeBytes);
  } else {
    at = kept_.back();
    kept_.pop_back();
  }
  ++large_out_;
  return Buffer(this, {at, kLargeBytes});
}

void BufferPool::give_back(std::span<std::byte> bytes) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (bytes.size() == kLargeBytes) {
      --large_out_;
      if (kept_.size() < kMostKept) {
        kept_.push_back(bytes.data());
        return;
      }
    } else {
      --small_out_;
    }
  }
  ::munmap(bytes.data(), bytes.size());
}

std::size_t BufferPool::held_bytes() const {
  const std::lock_guard lock(mutex_);
  return (large_out_ + kept_.size()) * kLargeBytes + small_out_ * kSmallBytes;
}

}  // namespace wharf::blob
