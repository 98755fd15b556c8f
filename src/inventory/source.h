#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace wharf::inventory {

/// Bytes that are read from their start to their end, once.
class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  /// Fills the front of `buffer`, which is not empty; 0 at the end. After an error nothing more is read.
  virtual Result<std::size_t> read(std::span<char> buffer) = 0;

  /// The whole rest. Errors: payload_too_large beyond `limit` bytes, and as `read`.
  Result<std::string> read_all(std::size_t limit);
};

/// Bytes that are at hand; they outlive it.
class MemorySource : public Source {
 public:
  explicit MemorySource(std::string_view bytes) : rest_(bytes) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    const std::size_t size = rest_.copy(buffer.data(), buffer.size());
    rest_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view rest_;
};

/// Some bytes that were read already, then the rest of where they came from.
class JoinedSource : public Source {
 public:
  JoinedSource(std::string_view front, Source& rest) : front_(front), rest_(rest) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    if (front_.empty()) return rest_.read(buffer);
    const std::size_t size = front_.copy(buffer.data(), buffer.size());
    front_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view front_;
  Source& rest_;
};

}  // namespace wharf::inventory
