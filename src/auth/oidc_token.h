#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "auth/rsa_key.h"
#include "base/error.h"

namespace wharf::auth {

/// A token that an OpenID Connect provider signed for somebody, taken apart. Nothing of it is to be believed before
/// `is_signed_by` said so. Source: RFC 7515, OpenID Connect Core section 2.
class OidcToken {
 public:
  /// Accepted: three parts of unpadded base64url, at most 16 KiB; a header of alg RS256 or RS384 with a kid and without
  /// `crit` and `b64`, which would give it another meaning; claims that are one JSON object.
  /// Errors: bad_token, with the reason in `detail`.
  static Result<OidcToken> read(std::string_view token);

  const std::string& alg() const { return alg_; }
  const std::string& kid() const { return kid_; }
  const boost::json::object& claims() const { return claims_; }
  /// A claim that is a text; "" for none.
  std::string text(std::string_view claim) const;

  bool is_signed_by(const RsaKey& key) const;

 private:
  std::string alg_, kid_;
  std::string signed_part_, signature_;
  boost::json::object claims_;
};

}  // namespace wharf::auth
