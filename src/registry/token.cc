#include "registry/token.h"

#include <algorithm>

#include "http/authorization.h"
#include "http/error_body.h"
#include "service/event.h"
#include "service/login.h"
#include "service/token.h"

namespace wharf::registry {
namespace {

using http::Reply;
using http::Response;
using service::Call;

constexpr std::string_view kApiVersion = "Docker-Distribution-API-Version";
constexpr std::string_view kRefused = "Specified credentials are invalid";

struct CheckVersion {};
BOOST_DESCRIBE_STRUCT(CheckVersion, (), ())

struct AskForToken {
  std::string service;  // query: for whom the token is; SERVER_HOSTNAME or this host
  std::string scope;    // query: repeatable; "repository:acme/app:pull,push"
  std::string account;  // query: ignored, as are the others
  std::string client_id;
  bool offline_token = false;
};
BOOST_DESCRIBE_STRUCT(AskForToken, (), (service, scope, account, client_id, offline_token))

struct TokenAnswer {
  std::string token;
  std::string access_token;  // the same: the name that OAuth 2 gives it
  std::int64_t expires_in = 0;
  Rfc3339 issued_at;
};
BOOST_DESCRIBE_STRUCT(TokenAnswer, (), (token, access_token, expires_in, issued_at))

void add_challenge(Response& response, const Call& call) {
  response.add("WWW-Authenticate",
               challenge(call.base_url, service::service_name(call.services.settings, call.request.host), ""));
  response.add(std::string(kApiVersion), "registry/2.0");
}

/// 401 in the registry's form, with the way to a token.
Response unauthorized(const Call& call, const Error& error) {
  auto response = http::registry_error(error);
  add_challenge(response, call);
  return response;
}

awaitable<Result<Response>> check_version(Call& call, CheckVersion) {
  auto response = http::json_response(call.token ? 200 : 401, "true");
  add_challenge(response, call);
  response.add("X-Sparse-Manifest-Support", call.services.settings.features.sparse_index ? "true" : "false");
  co_return response;
}

/// Tells whoever listens that a client of the caller's logs in, or begins to push or pull.
void note_client(const Call& call, const std::vector<std::string>& scopes) {
  auto& events = call.services.events;
  if (!events.anybody()) return;
  if (scopes.empty()) events.note_client(call.who, "login");
  for (const auto& text : scopes) {
    const auto& settings = call.services.settings;
    const auto scope = service::parse_scope(text, service::service_name(settings, call.request.host), settings);
    if (scope) events.note_client(call.who, scope->push ? "push_start" : "pull_start", scope->name);
  }
}

Response answer_of(const service::IssuedToken& issued) {
  const TokenAnswer answer{.token = issued.token,
                           .access_token = issued.token,
                           .expires_in = issued.expires_in_s,
                           .issued_at = {issued.issued_ms}};
  auto response = http::json_response(200, json::encode(answer) + "\n");
  response.add("Cache-Control", "no-cache, no-store, must-revalidate");
  return response;
}

/// A token after a login, as far as there are credentials.
awaitable<Result<Response>> log_in_and_issue(Call& call, service::TokenRequest wanted) {
  const auto authorization = call.request.header("Authorization");
  if (!authorization.empty()) {
    auto basic = http::basic_of(authorization);
    if (!basic) co_return unauthorized(call, {Errc::unauthenticated, std::string(kRefused)});
    auto login =
        co_await call.services.logins.login(std::move(basic->name), std::move(basic->password), call.request.peer);
    if (!login.who && login.who.error().code == Errc::too_many_attempts) {
      Response response;
      response.status = 429;
      response.add("Content-Type", "text/plain; charset=utf-8");
      response.add("Retry-After", std::to_string(login.who.error().retry_after_s));
      response.body = login.who.error().message + "\n";
      co_return response;
    }
    if (!login.who) co_return unauthorized(call, login.who.error());
    wanted.who = std::move(*login.who);
    wanted.who.address = call.request.peer;
  }
  call.who = wanted.who;
  call.request.caller = call.who.name;

  const auto scopes = wanted.scopes;
  auto issued = co_await call.services.tokens.issue(std::move(wanted));
  if (!issued && issued.error().code == Errc::unauthenticated) co_return unauthorized(call, issued.error());
  if (!issued) co_return issued.error();
  note_client(call, scopes);
  co_return answer_of(*issued);
}

awaitable<Result<Response>> ask_for_token(Call& call, AskForToken in) {
  service::TokenRequest wanted{.who = {},
                               .service = std::move(in.service),
                               .host = std::string(service::service_name(call.services.settings, call.request.host)),
                               .scopes = http::query_values(call.request.query, "scope"),
                               .credentials = std::string(call.request.header("Authorization"))};
  if (wanted.credentials.empty() && !call.services.settings.features.anonymous_access) {
    auto response = http::json_response(401, R"({"error": "Anonymous access is not allowed"})"
                                             "\n");
    add_challenge(response, call);
    co_return response;
  }
  auto& tokens = call.services.tokens;
  if (tokens.cut_off()) {
    if (const auto again = tokens.issue_again(wanted, now_ms())) co_return answer_of(*again);
  }
  try {
    co_return co_await log_in_and_issue(call, wanted);
  } catch (const Accident& accident) {
    if (accident.error().code != Errc::unavailable || !tokens.cut_off()) throw;
    const auto again = tokens.issue_again(wanted, now_ms());
    if (!again) throw;
    co_return answer_of(*again);
  }
}

}  // namespace

std::string challenge(std::string_view base_url, std::string_view service, std::string_view scope) {
  std::string text;
  text.reserve(48 + base_url.size() + service.size() + scope.size());
  text.append("Bearer realm=\"").append(base_url).append("/v2/auth\",service=\"").append(service).append("\"");
  if (!scope.empty()) text.append(",scope=\"").append(scope).append("\"");
  return text;
}

void add_token_operations(service::OperationTable& table) {
  table.add(
      {.id = "v2_support_endpoint",
       .verb = http::Verb::get,
       .path = "/v2/",
       .summary = "Whether this is a registry, and whether the token is good: 200, or 401 with the way to a token.",
       .tag = "registry",
       .errors = {401},
       .anonymous = true,
       .protocol = http::Protocol::registry},
      check_version);
  table.add({.id = "generate_registry_jwt",
             .verb = http::Verb::get,
             .path = "/v2/auth",
             .summary = "A registry token for name and password (HTTP Basic), or for nobody.",
             .tag = "registry",
             .errors = {400, 401, 405, 429},
             .anonymous = true,
             .protocol = http::Protocol::registry},
            ask_for_token);
}

}  // namespace wharf::registry
