#include "registry/key_server.h"

#include <algorithm>
#include <charconv>

#include "service/service_key.h"
#include "service/token.h"

namespace wharf::registry {
namespace {

using http::Response;
using http::Verb;
using service::Call;

constexpr Millis kLongestCacheSeconds = 86'400;

struct ListKeys {
  std::string service;  // path
};
BOOST_DESCRIBE_STRUCT(ListKeys, (), (service))

struct ServiceKeys {
  std::vector<json::Value> keys;
};
BOOST_DESCRIBE_STRUCT(ServiceKeys, (), (keys))

awaitable<Result<ServiceKeys>> list_keys(Call& call, ListKeys in) {
  co_return ServiceKeys{co_await call.services.tokens.keys(std::move(in.service))};
}

struct OneKey {
  std::string service;     // path
  std::string kid;         // path
  std::string expiration;  // query: seconds since 1970
  std::string rotation;    // query: seconds
};
BOOST_DESCRIBE_STRUCT(OneKey, (), (service, kid, expiration, rotation))

Response refusal(int status, std::string_view message) {
  return http::json_response(status, json::to_text(json::Object{{"message", message}}) + "\n");
}

/// What the key server answers to a service that may not do what it wants.
Response refusal_of(const Error& error) {
  switch (error.code) {
    case Errc::denied:
      return refusal(403, error.message);
    case Errc::not_found:
      return refusal(404, error.message);
    case Errc::too_many_attempts:
      return refusal(429, error.message);
    case Errc::read_only:
      return refusal(503, error.message);
    default:
      return refusal(400, error.message);
  }
}

awaitable<Result<Response>> get_key(Call& call, OneKey in) {
  using State = service::PublishedKey::State;
  const auto found = co_await call.services.service_keys.published(std::move(in.service), std::move(in.kid));
  if (found.state == State::missing) co_return refusal(404, "There is no such key");
  if (found.state == State::pending) co_return refusal(409, "The key is not approved yet");
  if (found.state == State::expired) co_return refusal(403, "The key has expired");
  auto response = http::json_response(200, json::to_text(found.jwk) + "\n");
  const auto age = std::clamp<Millis>((found.expires_ms - now_ms()) / 1000, 0, kLongestCacheSeconds);
  response.add("Cache-Control", "public, max-age=" + std::to_string(age));
  co_return response;
}

// The Bearer tokens here are the services' own: nobody but the key server looks at them.

/// Nothing for none. Errors: invalid_request.
Result<std::optional<std::int64_t>> whole(std::string_view name, std::string_view text) {
  std::int64_t number = 0;
  if (text.empty()) return std::optional<std::int64_t>();
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) {
    return Error{Errc::invalid_request, std::string(name) + ": must be a whole number of seconds"};
  }
  return std::optional<std::int64_t>(number);
}

Result<service::KeySubmission> submission_of(const Call& call, const OneKey& in) {
  const auto expiration = whole("expiration", in.expiration);
  if (!expiration) return expiration.error();
  const auto rotation = whole("rotation", in.rotation);
  if (!rotation) return rotation.error();
  service::KeySubmission wanted;
  wanted.service = in.service;
  wanted.kid = in.kid;
  wanted.audience = call.base_url;
  wanted.address = call.request.peer;
  wanted.expiration = *expiration;
  wanted.rotation = *rotation;
  constexpr std::string_view kScheme = "Bearer ";
  const auto authorization = call.request.header("Authorization");
  if (authorization.starts_with(kScheme)) wanted.bearer = authorization.substr(kScheme.size());
  return wanted;
}

awaitable<Result<Response>> put_key(Call& call, OneKey in) {
  auto wanted = submission_of(call, in);
  if (!wanted) co_return refusal_of(wanted.error());
  auto body = co_await call.request.body->read_all(service::ServiceKeyService::kLargestJwk);
  if (!body) co_return body.error();
  wanted->body = std::move(*body);
  const auto approved = co_await call.services.service_keys.submit(std::move(*wanted));
  if (!approved) co_return refusal_of(approved.error());
  Response response;
  response.status = *approved ? 200 : 202;
  co_return response;
}

awaitable<Result<Response>> delete_key(Call& call, OneKey in) {
  auto wanted = submission_of(call, in);
  if (!wanted) co_return refusal_of(wanted.error());
  const auto done = co_await call.services.service_keys.withdraw(std::move(*wanted));
  if (!done) co_return refusal_of(done.error());
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace

void add_key_server_operations(service::OperationTable& table) {
  table.add({.id = "list_service_keys",
             .verb = Verb::get,
             .path = "/keys/services/{service}/keys",
             .summary = "The public keys of a service, as a JWK set; those of \"quay\" check registry tokens.",
             .tag = "registry",
             .anonymous = true,
             .protocol = http::Protocol::registry},
            list_keys);
  table.add({.id = "get_service_key",
             .verb = Verb::get,
             .path = "/keys/services/{service}/keys/{kid}",
             .summary = "One public key of a service.",
             .tag = "registry",
             .errors = {403, 404, 409},
             .anonymous = true,
             .protocol = http::Protocol::web},
            get_key);
  table.add({.id = "put_service_key",
             .verb = Verb::put,
             .path = "/keys/services/{service}/keys/{kid}",
             .summary = "Submits a service's key for approval, or puts it in the place of one that is approved.",
             .tag = "registry",
             .also = {202},
             .errors = {400, 403, 429},
             .anonymous = true,
             .protocol = http::Protocol::web},
            put_key);
  table.add({.id = "delete_service_key",
             .verb = Verb::delete_,
             .path = "/keys/services/{service}/keys/{kid}",
             .summary = "Withdraws a service's key.",
             .tag = "registry",
             .status = 204,
             .errors = {400, 403, 404},
             .anonymous = true,
             .protocol = http::Protocol::web},
            delete_key);
}

}  // namespace wharf::registry
