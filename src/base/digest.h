#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wharf {

/// `sha256:<64 lower hex>` or `sha512:<128 lower hex>`: the only forms accepted.
/// Source: OCI image-spec, descriptor.md "Digests" and "Registered algorithms".
class Digest {
 public:
  /// The digest that `text` spells, or nothing if the algorithm or the form is another.
  static std::optional<Digest> parse(std::string_view text);

  /// `sha256:` and the hash of `bytes`.
  static Digest of(std::string_view bytes);

  /// The hash of `bytes` under `algorithm` ("sha256" or "sha512").
  static Digest of(std::string_view bytes, std::string_view algorithm);

  /// `sha256:` and 32 raw bytes.
  static Digest sha256(std::span<const std::byte, 32> raw);
  static Digest sha512(std::span<const std::byte, 64> raw);

  const std::string& text() const { return text_; }
  std::string_view algorithm() const { return std::string_view(text_).substr(0, 6); }
  std::string_view hex() const { return std::string_view(text_).substr(7); }
  bool is_sha256() const { return text_[3] == '2'; }

  friend bool operator==(const Digest&, const Digest&) = default;
  friend auto operator<=>(const Digest&, const Digest&) = default;

 private:
  explicit Digest(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace wharf
