#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace wharf::blob {

class BufferPool;

/// Page-aligned memory on loan from a BufferPool, which outlives it.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer();
  explicit operator bool() const { return !bytes_.empty(); }
  std::span<std::byte> bytes() const { return bytes_; }

 private:
  friend class BufferPool;
  Buffer(BufferPool* pool, std::span<std::byte> bytes) : pool_(pool), bytes_(bytes) {}
  BufferPool* pool_ = nullptr;
  std::span<std::byte> bytes_;
};

/// Lends buffers to uploads. Thread-safe.
///
/// Memory: 64 buffers of 1 MiB at most; while all are out, further uploads get 64 KiB ones, so that slow uploads
/// cannot hold much. Four large ones are kept for the next upload; the rest go back to the system.
class BufferPool {
 public:
  static constexpr std::size_t kLargeBytes = 1024 * 1024;
  static constexpr std::size_t kSmallBytes = 64 * 1024;
  static constexpr std::size_t kMostLarge = 64;
  static constexpr std::size_t kMostKept = 4;

  BufferPool() = default;
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  Buffer take();
  /// Bytes on loan and kept, now.
  std::size_t held_bytes() const;

 private:
  friend class Buffer;
  void give_back(std::span<std::byte> bytes) noexcept;

  mutable std::mutex mutex_;
  std::vector<std::byte*> kept_;
  std::size_t large_out_ = 0;
  std::size_t small_out_ = 0;
};

}  // namespace wharf::blob
