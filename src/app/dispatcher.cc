#include "app/dispatcher.h"

#include "app/refusal.h"
#include "app/request_metrics.h"
#include "base/log.h"
#include "registry/token.h"
#include "service/request_facts.h"
#include "service/token.h"
#include "service/user.h"

namespace wharf::app {
namespace {

using http::Operation;
using http::Protocol;
using http::Request;
using http::Response;
using http::Verb;
using service::Call;

constexpr std::string_view kTokenPath = "/v2/auth";

/// The token of `Bearer <token>`, whatever the case of the keyword; nothing for other schemes.
std::optional<std::string_view> bearer_of(std::string_view authorization) {
  constexpr std::string_view kWord = "bearer";
  if (authorization.size() < kWord.size()) return std::nullopt;
  for (std::size_t i = 0; i < kWord.size(); ++i) {
    const char c = authorization[i];
    if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != kWord[i]) return std::nullopt;
  }
  authorization.remove_prefix(kWord.size());
  if (!authorization.empty() && authorization.front() != ' ') return std::nullopt;
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  return authorization;
}

void add_query(const http::Shape& shape, std::string_view query, http::Parameters& parameters) {
  if (query.empty()) return;
  for (const auto& parameter : shape.parameters) {
    if (parameter.in_path) continue;
    auto value = http::query_value(query, parameter.name);
    if (value) parameters.emplace_back(parameter.name, std::move(*value));
  }
}

std::string_view repository_of(const http::Parameters& parameters) {
  for (const auto& [name, value] : parameters) {
    if (name == "name") return value;
  }
  return {};
}

bool changes(Verb verb) { return verb != Verb::get && verb != Verb::head && verb != Verb::options; }

void log_accident(const Request& request, const Operation& operation, std::string_view what) {
  log::error("request failed", {{"request", request.id},
                                {"operation", operation.id},
                                {"method", request.method},
                                {"path", request.path},
                                {"detail", what}});
}

}  // namespace

Dispatcher::Dispatcher(service::Services& services, const service::OperationTable& table, metrics::Registry& metrics)
    : services_(services),
      table_(table),
      api_tokens_good_(authentication_attempts(metrics, "oauth", true)),
      api_tokens_bad_(authentication_attempts(metrics, "oauth", false)),
      registry_tokens_good_(
          metrics.counter("bearer_token_decoded_total", "Registry tokens shown to /v2.", {{"success", "true"}})),
      registry_tokens_bad_(
          metrics.counter("bearer_token_decoded_total", "Registry tokens shown to /v2.", {{"success", "false"}})) {
  for (std::size_t i = 0; i < table_.entries().size(); ++i) {
    const auto& operation = table_.entries()[i].operation;
    if (!service::all_on(services_.settings.features, operation.features)) continue;
    router_.add(operation.verb, operation.path, i);
  }
}

awaitable<Response> Dispatcher::handle(Request& request) {
  request.operation = -1;
  request.caller.clear();
  auto match = router_.find(request.verb, request.path);
  if (!match || !match->index) co_return unmatched(request, match);

  request.operation = static_cast<int>(*match->index);
  const auto& entry = table_.entries()[*match->index];
  const auto& operation = entry.operation;
  Call call{.who = {},
            .services = services_,
            .request = request,
            .token = nullptr,
            .csrf_token = {},
            .base_url = base_url_of(services_.settings, request)};
  call.who.address = request.peer;
  std::optional<Error> error;
  try {
    if (operation.protocol != Protocol::web) {
      auto known = co_await identify(call, operation);
      if (!known) {
        error = known.error();
      } else if (auto refused = not_admitted(call, operation, match->parameters)) {
        co_return std::move(*refused);
      }
    }
    if (!error) {
      if (services_.settings.features.extended_action_logging) call.who.request = service::request_facts(request);
      add_query(entry.shape, request.query, match->parameters);
      auto response = co_await entry.invoke(call, match->parameters);
      if (response) {
        add_common_headers(services_.settings, operation.protocol, request, *response);
        co_return std::move(*response);
      }
      error = response.error();
      if (error_row(error->code).status >= 500) log_accident(request, operation, error->message + ": " + error->detail);
    }
  } catch (const Accident& accident) {
    if (error_row(accident.error().code).status < 500) {
      error = accident.error();
    } else {
      error = public_accident(accident.error().code, request.id);
      log_accident(request, operation, accident.what());
    }
  } catch (const std::exception& unexpected) {
    error = public_accident(Errc::internal, request.id);
    log_accident(request, operation, unexpected.what());
  }
  co_return failed(call, operation, match->parameters, *error);
}

Response Dispatcher::unmatched(const Request& request, const std::optional<http::Router::Match>& match) const {
  const auto protocol = protocol_of(request.path);
  Response response;
  if (match && protocol == Protocol::api && request.verb == Verb::options) {
    response.add("Allow", match->allow);
    response.add("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS, POST, DELETE, PUT");
    response.add("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Requested-With");
    response.add("Access-Control-Max-Age", "21600");
  } else {
    const Error error = match ? Error{Errc::method_not_allowed, "The method is not allowed for the requested URL."}
                              : Error{Errc::not_found, "Not Found"};
    response = refusal(protocol, error, base_url_of(services_.settings, request));
    if (match) response.add("Allow", match->allow);
  }
  add_common_headers(services_.settings, protocol, request, response);
  return response;
}

awaitable<Result<bool>> Dispatcher::identify(Call& call, const Operation& operation) {
  const auto authorization = call.request.header("Authorization");
  if (authorization.empty()) co_return true;
  if (operation.protocol == Protocol::registry) {
    // The token service reads credentials of its own.
    if (operation.path == kTokenPath) co_return true;
    co_return co_await identify_registry(call, authorization);
  }
  const auto bearer = bearer_of(authorization);
  if (!bearer) co_return true;
  auto who = co_await services_.users.authenticate_bearer(std::string(*bearer));
  if (!who) {
    api_tokens_bad_.add();
    co_return who.error();
  }
  api_tokens_good_.add();
  call.who = std::move(*who);
  call.who.address = call.request.peer;
  call.request.caller = call.who.name;
  co_return true;
}

awaitable<Result<bool>> Dispatcher::identify_registry(Call& call, std::string_view authorization) {
  const auto bearer = bearer_of(authorization);
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

std::optional<Response> Dispatcher::not_admitted(const Call& call, const Operation& operation,
                                                 const http::Parameters& parameters) const {
  const auto& settings = services_.settings;
  if (call.who.anonymous() && !call.token) {
    const bool closed = !settings.features.anonymous_access && operation.scope != http::Scope::none;
    if (!operation.anonymous || closed) {
      return failed(call, operation, parameters, {Errc::unauthenticated, "Requires authentication"});
    }
  }
  if (settings.read_only && changes(operation.verb)) {
    auto response = read_only_refusal(operation.protocol, call.base_url);
    add_common_headers(settings, operation.protocol, call.request, response);
    return response;
  }
  return std::nullopt;
}

Response Dispatcher::failed(const Call& call, const Operation& operation, const http::Parameters& parameters,
                            const Error& error) const {
  auto response = refusal(operation.protocol, error, call.base_url);
  if (response.status == 401 && operation.protocol == Protocol::registry) {
    const auto scope = challenge_scope(services_.settings, operation.scope, repository_of(parameters));
    const auto name = service::service_name(services_.settings, call.request.host);
    response.add("WWW-Authenticate", registry::challenge(call.base_url, name, scope));
  }
  add_common_headers(services_.settings, operation.protocol, call.request, response);
  return response;
}

}  // namespace wharf::app
