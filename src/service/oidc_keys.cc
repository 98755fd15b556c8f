#include "service/oidc_keys.h"

#include <algorithm>

#include "base/json.h"

namespace wharf::service {
namespace {

constexpr Millis kKeptMs = 3'600'000;
constexpr Millis kAskedAgainMs = 10'000;
constexpr int kMostAtOnce = 8;
constexpr std::size_t kMostIssuers = 256;
constexpr std::size_t kMostKeys = 64;
constexpr std::size_t kLargestReply = 256 * 1024;
constexpr std::chrono::milliseconds kPatience{5'000};

Error refuse(std::string why) { return {Errc::bad_token, "The token is not valid", std::move(why)}; }

std::string text_of(const json::Object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string_view without_slash(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

std::vector<OidcKey> keys_in(const json::Object& document) {
  std::vector<OidcKey> keys;
  const auto* list = document.if_contains("keys");
  if (list == nullptr || !list->is_array()) return keys;
  for (const auto& entry : list->get_array()) {
    if (keys.size() == kMostKeys || !entry.is_object()) break;
    auto jwk = entry.get_object();
    auto kid = text_of(jwk, "kid");
    auto alg = text_of(jwk, "alg");
    if (kid.empty() || (!alg.empty() && alg != "RS256" && alg != "RS384")) continue;
    jwk.erase("alg");
    auto key = auth::RsaKey::from_jwk(jwk);
    if (key) keys.push_back({.kid = std::move(kid), .alg = std::move(alg), .key = std::move(*key)});
  }
  return keys;
}

}  // namespace

OidcKeys::OidcKeys(std::shared_ptr<const net::AddressPolicy> policy)
    : client_(net::HttpClientOptions{.policy = std::move(policy)}) {}

awaitable<Result<OidcKey>> OidcKeys::find(std::string issuer, std::string kid) {
  const auto look = [&kid](const Known& known) -> const OidcKey* {
    const auto found = std::ranges::find(known.keys, kid, &OidcKey::kid);
    return found == known.keys.end() ? nullptr : &*found;
  };
  const auto now = now_ms();
  {
    const std::lock_guard lock(mutex_);
    if (issuers_.size() >= kMostIssuers && !issuers_.contains(issuer)) {
      std::erase_if(issuers_, [](const auto& entry) { return entry.second.asking == 0; });
    }
    auto& known = issuers_[issuer];
    const auto age = now - known.asked_ms;
    const auto* key = look(known);
    if (key != nullptr && age < kKeptMs) co_return *key;
    if (key == nullptr && age < kAskedAgainMs) co_return refuse("the issuer has no such key, as of a moment ago");
    if (known.asking >= kMostAtOnce) co_return refuse("the issuer is being asked already");
    ++known.asking;
  }
  auto keys = co_await ask(issuer);
  const std::lock_guard lock(mutex_);
  auto& known = issuers_[issuer];
  known.asking = std::max(0, known.asking - 1);
  known.asked_ms = now_ms();
  if (!keys) co_return keys.error();
  known.keys = std::move(*keys);
  if (const auto* key = look(known)) co_return *key;
  co_return refuse("the issuer has no such key");
}

awaitable<Result<std::vector<OidcKey>>> OidcKeys::ask(std::string issuer) {
  auto discovery = std::string(without_slash(issuer)) + "/.well-known/openid-configuration";
  auto text = co_await get(std::move(discovery));
  if (!text) co_return text.error();
  const auto configuration = json::parse(*text);
  if (!configuration || !configuration->is_object()) co_return refuse("the issuer's configuration is no object");
  if (without_slash(text_of(configuration->get_object(), "issuer")) != without_slash(issuer)) {
    co_return refuse("the configuration is of another issuer");
  }
  auto address = text_of(configuration->get_object(), "jwks_uri");
  if (issuer.starts_with("https:") && !address.starts_with("https:")) co_return refuse("the keys are not at https");
  text = co_await get(std::move(address));
  if (!text) co_return text.error();
  const auto document = json::parse(*text);
  if (!document || !document->is_object()) co_return refuse("the issuer's keys are no object");
  co_return keys_in(document->get_object());
}

awaitable<Result<std::string>> OidcKeys::get(std::string url) {
  net::HttpRequest request;
  request.url = std::move(url);
  request.timeouts.connect = kPatience;
  request.timeouts.whole = kPatience;
  request.largest_reply_bytes = kLargestReply;
  auto reply = co_await client_.fetch(std::move(request));
  if (!reply) co_return refuse("the issuer cannot be asked: " + reply.error().message);
  if (reply->status != 200) co_return refuse("the issuer answered " + std::to_string(reply->status));
  co_return std::move(reply->body);
}

}  // namespace wharf::service
