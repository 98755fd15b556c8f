#include "auth/oidc_token.h"

#include <optional>

#include "auth/jwt.h"
#include "base/hex.h"
#include "base/json.h"

namespace wharf::auth {
namespace {

Error refuse(std::string why) { return {Errc::bad_token, "The token is not valid", std::move(why)}; }

std::optional<boost::json::object> object_in(std::string_view part, std::size_t depth) {
  const auto text = from_base64url(part);
  if (!text) return std::nullopt;
  auto value = json::parse(*text, depth);
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

std::string text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

Result<OidcToken> OidcToken::read(std::string_view token) {
  if (token.size() > jwt::kLargestToken) return refuse("longer than 16 KiB");
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return refuse("not three parts");
  }
  const auto header = object_in(token.substr(0, first), jwt::kDeepestClaims);
  if (!header) return refuse("the header is not base64url of an object");
  if (header->contains("crit") || header->contains("b64")) return refuse("the header wants what is not known here");
  OidcToken result;
  result.alg_ = text_of(*header, "alg");
  result.kid_ = text_of(*header, "kid");
  if (result.alg_ != "RS256" && result.alg_ != "RS384") return refuse("neither RS256 nor RS384");
  if (result.kid_.empty()) return refuse("no key id");
  auto claims = object_in(token.substr(first + 1, second - first - 1), jwt::kDeepestClaims);
  if (!claims) return refuse("the claims are not base64url of an object");
  auto signature = from_base64url(token.substr(second + 1));
  if (!signature) return refuse("the signature is not base64url");
  result.claims_ = std::move(*claims);
  result.signature_ = std::move(*signature);
  result.signed_part_ = token.substr(0, second);
  return result;
}

std::string OidcToken::text(std::string_view claim) const { return text_of(claims_, claim); }

bool OidcToken::is_signed_by(const RsaKey& key) const {
  return key.verify(signed_part_, signature_, alg_ == "RS384" ? RsaHash::sha384 : RsaHash::sha256);
}

}  // namespace wharf::auth
