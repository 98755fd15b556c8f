#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace wharf::inventory {

/// Numbers in bytes that may be anything: what lies beyond their end is nothing.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes, bool big_endian = false) : bytes_(bytes), big_endian_(big_endian) {}

  std::size_t size() const { return bytes_.size(); }

  /// The number of `width` bytes (1 to 8) at `at`; 0 beyond the end.
  std::uint64_t number(std::uint64_t at, int width) const {
    if (at > bytes_.size() || bytes_.size() - at < static_cast<std::size_t>(width)) return 0;
    std::uint64_t value = 0;
    for (int i = 0; i < width; ++i) {
      const auto byte =
          static_cast<unsigned char>(bytes_[at + static_cast<std::size_t>(big_endian_ ? i : width - 1 - i)]);
      value = value << 8 | byte;
    }
    return value;
  }
  std::uint8_t u8(std::uint64_t at) const { return static_cast<std::uint8_t>(number(at, 1)); }
  std::uint16_t u16(std::uint64_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
  std::uint32_t u32(std::uint64_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
  std::uint64_t u64(std::uint64_t at) const { return number(at, 8); }

  /// `size` bytes at `at`; nothing if not all of them are there.
  std::optional<std::string_view> part(std::uint64_t at, std::uint64_t size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) return {};
    return bytes_.substr(at, size);
  }
  /// The text at `at` up to a NUL or the end.
  std::string_view text(std::uint64_t at) const {
    if (at >= bytes_.size()) return {};
    const std::string_view rest = bytes_.substr(at);
    return rest.substr(0, rest.find('\0'));
  }

 private:
  std::string_view bytes_;
  bool big_endian_;
};

}  // namespace wharf::inventory
