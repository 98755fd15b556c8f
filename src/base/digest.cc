#include "base/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/hex.h"

namespace wharf {
namespace {

bool is_lower_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string_view as_chars(std::span<const std::byte> raw) {
  return {reinterpret_cast<const char*>(raw.data()), raw.size()};
}

}  // namespace

std::optional<Digest> Digest::parse(std::string_view text) {
  if (text.size() < 8 || text[6] != ':') return std::nullopt;
  const auto algorithm = text.substr(0, 6);
  const auto hex = text.substr(7);
  const std::size_t length = algorithm == "sha256" ? 64 : algorithm == "sha512" ? 128 : 0;
  if (length == 0 || hex.size() != length || !is_lower_hex(hex)) return std::nullopt;
  return Digest(std::string(text));
}

Digest Digest::of(std::string_view bytes) { return of(bytes, "sha256"); }

Digest Digest::of(std::string_view bytes, std::string_view algorithm) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int length = 0;
  // Fetched once: OpenSSL looks up what EVP_sha256() names each time, under a lock.
  static const auto* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static const auto* const kSha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  const auto* kind = algorithm == "sha512" ? kSha512 : kSha256;
  if (EVP_Digest(bytes.data(), bytes.size(), raw.data(), &length, kind, nullptr) != 1) {
    throw Accident({Errc::internal, "Hashing failed", "EVP_Digest"});
  }
  return Digest(std::string(algorithm) + ':' + to_hex({reinterpret_cast<const char*>(raw.data()), length}));
}

Digest Digest::sha256(std::span<const std::byte, 32> raw) { return Digest("sha256:" + to_hex(as_chars(raw))); }

Digest Digest::sha512(std::span<const std::byte, 64> raw) { return Digest("sha512:" + to_hex(as_chars(raw))); }

}  // namespace wharf
