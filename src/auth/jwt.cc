#include "auth/jwt.h"

#include <cmath>
#include <optional>

#include "base/hex.h"
#include "base/json.h"

namespace wharf::auth::jwt {
namespace {

Error refuse(std::string why) { return {Errc::bad_token, "The token is not valid", std::move(why)}; }

std::optional<boost::json::object> object_of(std::string_view text, std::size_t depth) {
  auto value = json::parse(text, depth);
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

/// The key id of a header that is exactly as ours but for `alg`, or nothing.
std::optional<std::string> kid_of(const boost::json::object& header, std::string_view alg) {
  std::optional<std::string> kid;
  bool is_alg = false;
  for (const auto& [name, value] : header) {
    // An unknown member could change what the token means (crit, b64, zip) or where its key is from (jwk, jku, x5u).
    if (!value.is_string()) return std::nullopt;
    const std::string_view text(value.get_string().data(), value.get_string().size());
    if (name == "alg") {
      is_alg = text == alg;
    } else if (name == "kid") {
      kid.emplace(text);
    } else if (name != "typ" || text != "JWT") {
      return std::nullopt;
    }
  }
  return is_alg ? kid : std::nullopt;
}

/// `verify` for one algorithm, which `find_key`'s keys have.
template <class FindAnyKey>
Result<boost::json::object> verify_with(std::string_view token, std::string_view alg, const FindAnyKey& find_key) {
  if (token.size() > kLargestToken) return refuse("longer than 16 KiB");
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return refuse("not three parts");
  }
  const auto header_text = from_base64url(token.substr(0, first));
  const auto header = header_text ? object_of(*header_text, 1) : std::nullopt;
  if (!header) return refuse("the header is not base64url of an object");
  const auto kid = kid_of(*header, alg);
  if (!kid) return refuse("the header is not that of a token of this kind with a key id");
  const auto* key = find_key(*kid);
  if (key == nullptr) return refuse("an unknown key");
  const auto signature = from_base64url(token.substr(second + 1));
  if (!signature || !key->verify(token.substr(0, second), *signature)) return refuse("a wrong signature");
  const auto claims_text = from_base64url(token.substr(first + 1, second - first - 1));
  auto claims = claims_text ? object_of(*claims_text, kDeepestClaims) : std::nullopt;
  if (!claims) return refuse("the claims are not base64url of an object");
  return std::move(*claims);
}

/// A NumericDate in seconds; nothing if it is no number or so large that sums with it would overflow.
std::optional<double> seconds_of(const boost::json::value& value) {
  if (!value.is_number()) return std::nullopt;
  const auto seconds = value.to_number<double>();
  if (!std::isfinite(seconds) || std::abs(seconds) > 1e15) return std::nullopt;
  return seconds;
}

}  // namespace

std::string sign(std::string_view claims_json, const SigningKey& key) {
  std::string token = key.token_head() + '.' + to_base64url(claims_json);
  const auto signature = key.sign(token);
  return token + '.' + to_base64url(signature);
}

Result<boost::json::object> verify(std::string_view token, const FindKey& find_key) {
  return verify_with(token, "ES256", find_key);
}

Result<boost::json::object> verify_rs256(std::string_view token, const FindRsaKey& find_key) {
  return verify_with(token, "RS256", find_key);
}

Result<void> check_times(const boost::json::object& claims, Millis now, TimeRules rules) {
  const auto time = [&](std::string_view name, std::optional<double>& seconds) {
    const auto* value = claims.if_contains(name);
    if (value == nullptr) return true;
    seconds = seconds_of(*value);
    return seconds.has_value();
  };
  std::optional<double> expires, not_before, issued;
  if (!time("exp", expires) || !time("nbf", not_before) || !time("iat", issued)) return refuse("a time is no number");
  const auto now_s = static_cast<double>(now) / 1000;
  const auto leeway = static_cast<double>(rules.leeway_s);
  if (!expires) return refuse("no exp");
  if (now_s >= *expires + leeway) return Error{Errc::bad_token, "The token has expired", "exp"};
  if (not_before && now_s + leeway < *not_before) return refuse("nbf is in the future");
  if (issued && now_s + leeway < *issued) return refuse("iat is in the future");
  if (rules.max_life_s > 0) {
    if (!issued) return refuse("no iat");
    if (*expires - *issued > static_cast<double>(rules.max_life_s)) return refuse("lives longer than is allowed");
  }
  return {};
}

}  // namespace wharf::auth::jwt
