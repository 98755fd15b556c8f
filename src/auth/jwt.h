#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "auth/key.h"
#include "auth/rsa_key.h"
#include "base/clock.h"
#include "base/error.h"

/// Tokens in JWS compact form, signed ES256 (our own) or RS256 (of services). Source: RFC 7515, RFC 7518 section 3.4,
/// RFC 7519, RFC 8725.
///
/// A key has one algorithm, and the token's header is only compared with it: there is nothing to negotiate.
namespace wharf::auth::jwt {

inline constexpr std::size_t kLargestToken = 16 * 1024;  ///< Bytes, signature and all.
inline constexpr std::size_t kDeepestClaims = 16;        ///< Levels of arrays and objects.

/// The token of `claims_json` (one JSON object in UTF-8). The caller keeps it within kLargestToken.
std::string sign(std::string_view claims_json, const SigningKey& key);

/// The key with this id, or null. The id comes from a stranger.
using FindKey = std::function<const VerifyKey*(std::string_view kid)>;

/// The claims of `token`, if its signature is right; times, issuer and audience are the caller's to check.
///
/// Accepted: exactly three parts of unpadded base64url, at most 16 KiB; a header of alg "ES256", kid, and perhaps typ
/// "JWT", nothing else; a signature of 64 bytes by the key that `find_key` gives; claims that are one JSON object.
/// Errors: bad_token, with the reason in `detail`.
Result<boost::json::object> verify(std::string_view token, const FindKey& find_key);

using FindRsaKey = std::function<const RsaKey*(std::string_view kid)>;
/// The same for a token of alg "RS256", which services sign with RSA keys.
Result<boost::json::object> verify_rs256(std::string_view token, const FindRsaKey& find_key);

/// When a token may be used. Seconds.
struct TimeRules {
  std::int64_t leeway_s = 0;    ///< By how much the clocks may differ.
  std::int64_t max_life_s = 0;  ///< Longest exp - iat, and then iat must be there; 0: any.
};

/// Checks exp (required), nbf and iat (if there; iat not in the future) as seconds since 1970.
/// Errors: bad_token.
Result<void> check_times(const boost::json::object& claims, Millis now, TimeRules rules);

}  // namespace wharf::auth::jwt
