#include "vuln/pack.h"

#include <zstd.h>

namespace wharf::vuln {
namespace {

/// What zstd's own command takes by default.
constexpr int kLevel = 3;

}  // namespace

std::uint64_t Unpacker::take_number() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (bytes_.empty()) break;
    const auto byte = static_cast<unsigned char>(bytes_[0]);
    bytes_.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return value;
  }
  good_ = false;
  bytes_ = {};
  return 0;
}

std::string_view Unpacker::take_bytes(std::uint64_t size) {
  if (size > bytes_.size()) {
    good_ = false;
    bytes_ = {};
    return {};
  }
  const std::string_view taken = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return taken;
}

std::string compress(std::string_view plain) {
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), kLevel);
  if (ZSTD_isError(size) != 0U) throw Accident({Errc::internal, "Internal error", ZSTD_getErrorName(size)});
  packed.resize(size);
  return packed;
}

Result<std::string> decompress(std::string_view packed, std::size_t limit) {
  const Error bad{Errc::invalid_request, "The vulnerability data is damaged"};
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > limit) return bad;
  std::string plain(size, '\0');
  const std::size_t got = ZSTD_decompress(plain.data(), plain.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0U || got != size) return bad;
  return plain;
}

}  // namespace wharf::vuln
