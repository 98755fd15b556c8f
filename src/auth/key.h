#pragma once
#include <openssl/types.h>

#include <boost/json/object.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace wharf::auth {

/// The public half of a P-256 key, for ES256 signatures. Cheap to copy; thread-safe.
class VerifyKey {
 public:
  /// The key of a JSON Web Key. Errors: invalid_request unless it is kty EC, crv P-256 with 32-byte x and y of a point
  /// on the curve, and, where they are given, alg ES256 and use sig; a key that holds its private half is refused too.
  /// Source: RFC 7517 section 4, RFC 7518 section 6.2.
  static Result<VerifyKey> from_jwk(const boost::json::object& jwk);

  /// Its RFC 7638 thumbprint: 43 characters of base64url.
  const std::string& kid() const { return kid_; }
  /// `{"kty":"EC","crv":"P-256","x":…,"y":…,"kid":…,"alg":"ES256","use":"sig"}`.
  boost::json::object jwk() const;

  /// Whether `signature` (64 bytes, R then S: RFC 7518 section 3.4) is this key's over `message`.
  bool verify(std::string_view message, std::string_view signature) const;

 private:
  friend class SigningKey;
  explicit VerifyKey(std::shared_ptr<EVP_PKEY> key);
  std::shared_ptr<EVP_PKEY> key_;
  std::string x_, y_;  ///< base64url
  std::string kid_;
};

/// A P-256 key that signs ES256. Cheap to copy; thread-safe.
class SigningKey {
 public:
  /// A fresh random key.
  static SigningKey make();
  /// The key of an unencrypted PKCS#8 PEM text. Errors: invalid_request for anything but one P-256 private key.
  static Result<SigningKey> from_pem(std::string_view pem);
  /// The key kept in `<folder>/token-signing.pem` (0600), made if there is none.
  /// Errors: those of `from_pem`; internal or insufficient_storage when the file cannot be read or written.
  static Result<SigningKey> load_or_make(const std::filesystem::path& folder);

  const std::string& kid() const { return public_.kid(); }
  const VerifyKey& verify_key() const { return public_; }
  std::string to_pem() const;

  /// 64 bytes, R then S, over SHA-256 of `message`. Throws Accident if OpenSSL fails.
  std::string sign(std::string_view message) const;

  /// base64url of `{"alg":"ES256","kid":…,"typ":"JWT"}`: the head of every token of this key.
  const std::string& token_head() const { return token_head_; }

 private:
  explicit SigningKey(std::shared_ptr<EVP_PKEY> key);
  std::shared_ptr<EVP_PKEY> key_;
  VerifyKey public_;
  std::string token_head_;
};

}  // namespace wharf::auth
