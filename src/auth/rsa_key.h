#pragma once
#include <openssl/types.h>

#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace wharf::auth {

enum class RsaHash { sha256, sha384 };

/// The public half of an RSA key, for RS256 signatures of service keys. Cheap to copy; thread-safe.
class RsaKey {
 public:
  static constexpr int kSmallestBits = 2048;
  static constexpr int kLargestBits = 8192;

  /// The key of a JSON Web Key. Errors: invalid_request unless it is kty RSA with a modulus of 2048 to 8192 bits and an
  /// odd exponent of 3 to 4 bytes' worth, both in unpadded base64url without leading zeros, and, where they are given,
  /// alg RS256 and use sig; a key that holds any of its private half is refused too.
  /// Source: RFC 7517 section 4, RFC 7518 section 6.3.
  static Result<RsaKey> from_jwk(const boost::json::object& jwk);

  /// Its RFC 7638 thumbprint: 43 characters of base64url.
  const std::string& kid() const { return kid_; }
  /// `{"kty":"RSA","n":…,"e":…,"kid":…,"alg":"RS256","use":"sig"}`.
  boost::json::object jwk() const;
  /// SubjectPublicKeyInfo.
  std::string to_pem() const;

  /// Whether `signature` is this key's over `message`: RSASSA-PKCS1-v1_5 with that hash (RFC 7518 section 3.3).
  bool verify(std::string_view message, std::string_view signature, RsaHash hash = RsaHash::sha256) const;

 private:
  friend struct RsaKeyPair;
  explicit RsaKey(std::shared_ptr<EVP_PKEY> key);
  std::shared_ptr<EVP_PKEY> key_;
  std::string n_, e_;  ///< base64url
  std::string kid_;
};

/// A fresh key, whose private half is handed out and not kept.
struct RsaKeyPair {
  RsaKey key;
  std::string private_pem;  ///< PKCS#1.

  /// Of 2048 bits. Cost: some 100 ms of CPU: not on an event loop. Throws Accident if OpenSSL fails.
  static RsaKeyPair make();
};

}  // namespace wharf::auth
