#pragma once
#include <string>
#include <string_view>

#include "auth/secret_box.h"

namespace wharf::auth {

/// Quay's "encrypted password": what a user puts into a client's configuration in place of the password.
///
/// `wharf.v1.<base64url>`: the password itself, sealed under a sub-key of the registry's. It ends with the password:
/// the caller checks what `open` gives like any other. Its length tells the password's only to the next multiple of 64.
class EncryptedPasswords {
 public:
  /// `secret` is the key of SECRET_KEY; a sub-key is derived.
  explicit EncryptedPasswords(const SecretKey& secret) : box_(secret.derive("encrypted password")) {}

  /// The text for `password` of the account `owner` (a name or an id that stays with the account).
  std::string make(std::string_view owner, std::string_view password) const;

  /// Whether `text` claims to be such a text; no password that a person thinks up looks so.
  static bool looks_encrypted(std::string_view text);

  /// The password. Errors: unauthenticated when `text` is of another owner or key, changed, or not such a text.
  Result<std::string> open(std::string_view owner, std::string_view text) const;

 private:
  SecretBox box_;
};

}  // namespace wharf::auth
