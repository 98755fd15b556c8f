#pragma once
#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace wharf::auth {

/// 32 secret bytes, wiped at the end of their life.
class SecretKey {
 public:
  static constexpr std::size_t kSize = 32;

  /// The key that `raw` (32 bytes) is. Throws Accident for another length.
  explicit SecretKey(std::string_view raw);
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey();

  /// A fresh random key.
  static SecretKey make();
  /// A key out of a text of any length, such as DATABASE_SECRET_KEY: HKDF-SHA-256, so the text should be random;
  /// this is no defence for a short password. The same text gives the same key.
  static SecretKey from_text(std::string_view text);

  /// A key for one purpose; from it neither this key nor a sister can be found. Source: RFC 5869, `label` as info.
  SecretKey derive(std::string_view label) const;

  std::span<const unsigned char, kSize> bytes() const { return bytes_; }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes_.data()), kSize}; }

 private:
  SecretKey() = default;
  std::array<unsigned char, kSize> bytes_{};
};

/// Encrypts short secrets for the database: AES-256-GCM with a random 96-bit nonce. Thread-safe.
///
/// With random nonces a key is good for 2^32 texts (NIST SP 800-38D section 8.3): far more than a registry has secrets.
class SecretBox {
 public:
  explicit SecretBox(SecretKey key) : key_(std::move(key)) {}

  /// `v1.` and base64url of nonce, ciphertext and tag: 4/3 × (28 + length) + 3 characters. Two calls differ.
  /// `context` says what the secret belongs to ("robot:123"): it is authenticated, so that a row's text is of no use in
  /// another row.
  std::string seal(std::string_view plain, std::string_view context) const;

  /// The secret. Errors: internal when `text` is no such text, was changed, or is of another key or context.
  Result<std::string> open(std::string_view text, std::string_view context) const;

 private:
  SecretKey key_;
};

/// The key kept in `path` (64 hex digits and a line end, mode 0600), made if there is no such file.
///
/// A new file is there whole or not at all, and two processes that start together get the same key. A file that others
/// may read is taken with a warning in the log. Errors: invalid_request when the file is there but is no key,
/// insufficient_storage or internal when it cannot be read or written.
Result<SecretKey> load_or_make_key_file(const std::filesystem::path& path);

namespace detail {
/// The content of the file `path`, or what `make` gives after putting it there (0600, fsynced, never over another).
/// Errors as above. Warns when others may read the file.
Result<std::string> load_or_make_file(const std::filesystem::path& path, std::string (*make)());
}  // namespace detail

}  // namespace wharf::auth
