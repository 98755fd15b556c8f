#include "app/identify.h"

#include "app/request_metrics.h"
#include "http/authorization.h"
#include "registry/token.h"
#include "service/login.h"
#include "service/token.h"
#include "service/user.h"

namespace wharf::app {
namespace {

using http::Operation;
using http::Protocol;
using service::Call;

constexpr std::string_view kTokenPath = "/v2/auth";

void know(Call& call, auth::Principal who) {
  call.who = std::move(who);
  call.who.address = call.request.peer;
  call.request.caller = call.who.name;
}

}  // namespace

Identifier::Identifier(service::Services& services, metrics::Registry& metrics)
    : services_(services),
      api_tokens_good_(authentication_attempts(metrics, "oauth", true)),
      api_tokens_bad_(authentication_attempts(metrics, "oauth", false)),
      registry_tokens_good_(
          metrics.counter("bearer_token_decoded_total", "Registry tokens shown to /v2.", {{"success", "true"}})),
      registry_tokens_bad_(
          metrics.counter("bearer_token_decoded_total", "Registry tokens shown to /v2.", {{"success", "false"}})) {}

awaitable<Result<Identity>> Identifier::identify(Call& call, const Operation& operation) {
  Identity identity;
  if (operation.protocol == Protocol::web && !operation.session) co_return identity;
  const auto authorization = call.request.header("Authorization");
  if (operation.protocol == Protocol::registry) {
    // The token service reads credentials of its own.
    if (authorization.empty() || operation.path == kTokenPath) co_return identity;
    auto known = co_await by_registry_token(call, authorization);
    if (!known) co_return known.error();
    co_return identity;
  }
  if (!authorization.empty()) {
    if (const auto token = http::bearer_of(authorization)) {
      identity.bearer = true;
      if (operation.protocol == Protocol::web) co_return identity;
      auto known = co_await by_api_token(call, *token);
      if (!known) co_return known.error();
      co_return identity;
    }
    auto basic = operation.basic ? http::basic_of(authorization) : std::nullopt;
    if (basic) {
      auto login =
          co_await services_.logins.login(std::move(basic->name), std::move(basic->password), call.request.peer);
      if (!login.who) co_return login.who.error();
      know(call, std::move(*login.who));
      co_return identity;
    }
  }
  const auto cookie = http::cookie_of(call.request, service::SessionService::kCookie);
  if (!cookie) co_return identity;
  auto known = co_await services_.sessions.find(std::string(*cookie));
  if (!known) co_return identity;
  if (!known->who.anonymous()) know(call, std::move(known->who));
  call.csrf_token = known->session.csrf_token;
  identity.session = std::move(known->session);
  co_return identity;
}

awaitable<Result<bool>> Identifier::by_api_token(Call& call, std::string_view token) {
  auto who = co_await services_.users.authenticate_bearer(std::string(token));
  if (!who) {
    api_tokens_bad_.add();
    co_return who.error();
  }
  api_tokens_good_.add();
  know(call, std::move(*who));
  co_return true;
}

awaitable<Result<bool>> Identifier::by_registry_token(Call& call, std::string_view authorization) {
  const auto bearer = http::bearer_of(authorization);
  if (!bearer) {
    registry_tokens_bad_.add();
    co_return Error{Errc::bad_token, "Only a Bearer token is accepted here; /v2/auth issues one"};
  }
  const auto audience = service::service_name(services_.settings, call.request.host);
  const auto now = now_ms();
  auto token = services_.tokens.verify(*bearer, audience, now);
  if (!token && services_.tokens.worth_asking(*bearer, now)) {
    token = co_await services_.tokens.verify_slow(std::string(*bearer), std::string(audience), now);
  }
  if (!token) {
    registry_tokens_bad_.add();
    co_return token.error();
  }
  registry_tokens_good_.add();
  call.token = std::move(*token);
  call.who = call.token->who;
  call.request.caller = call.who.name;
  co_return true;
}

}  // namespace wharf::app
