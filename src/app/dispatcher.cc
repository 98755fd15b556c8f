#include "app/dispatcher.h"

#include <algorithm>

#include "app/admission.h"
#include "app/cors.h"
#include "app/refusal.h"
#include "base/log.h"
#include "registry/token.h"
#include "service/health.h"
#include "service/request_facts.h"

namespace wharf::app {
namespace {

using http::Operation;
using http::Protocol;
using http::Request;
using http::Response;
using http::Verb;
using service::Call;

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

/// Whether somebody who runs the server is to look into it: a state that was asked for is an answer, whatever its
/// status.
bool is_failure(Errc code) {
  return error_row(code).status >= 500 && code != Errc::read_only && code != Errc::repository_read_only;
}

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
      forwarded_(services.settings.trusted_proxies),
      identifier_(services, metrics) {
  for (std::size_t i = 0; i < table_.entries().size(); ++i) {
    const auto& operation = table_.entries()[i].operation;
    if (!service::all_on(services_.settings.features, operation.features)) continue;
    router_.add(operation.verb, operation.path, i);
  }
}

awaitable<Response> Dispatcher::handle(Request& request) {
  request.operation = -1;
  request.caller.clear();
  forwarded_.apply(request);
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
    auto identity = co_await identifier_.identify(call, operation);
    if (!identity) {
      error = identity.error();
    } else {
      error = not_admitted(call, operation, *identity);
    }
    if (!error) {
      if (services_.settings.features.extended_action_logging) call.who.request = service::request_facts(request);
      add_query(entry.shape, request.query, match->parameters);
      auto response = co_await entry.invoke(call, match->parameters);
      if (response) {
        if (identity->session) keep_session(*identity->session, call.base_url, *response);
        add_common_headers(services_.settings, operation.protocol, request, *response);
        co_return std::move(*response);
      }
      error = response.error();
      if (is_failure(error->code)) log_accident(request, operation, error->message + ": " + error->detail);
    }
  } catch (const Accident& accident) {
    if (error_row(accident.error().code).status < 500) {
      error = accident.error();
    } else {
      error = public_accident(accident.error().code, request.id);
      const bool known = accident.error().code == Errc::unavailable && services_.health.database_is_away();
      if (!known) log_accident(request, operation, accident.what());
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
  if (match && request.verb == Verb::options && has_cors(services_.settings, protocol, request.path)) {
    response = preflight(services_.settings, match->allow);
  } else {
    const Error error = match ? Error{Errc::method_not_allowed, "The method is not allowed for the requested URL."}
                              : Error{Errc::not_found, "Not Found"};
    response = refusal(protocol, error, base_url_of(services_.settings, request));
    if (match) response.add("Allow", match->allow);
  }
  add_common_headers(services_.settings, protocol, request, response);
  return response;
}

void Dispatcher::keep_session(const service::Session& session, std::string_view base_url, Response& response) const {
  const auto has_cookie = [](const auto& header) { return header.first == "Set-Cookie"; };
  if (std::ranges::any_of(response.headers, has_cookie)) return;  // there is a new session
  auto cookie = services_.sessions.renewed(session, base_url);
  if (!cookie.empty()) response.add("Set-Cookie", std::move(cookie));
}

Response Dispatcher::failed(const Call& call, const Operation& operation, const http::Parameters& parameters,
                            const Error& error) const {
  auto response = error.code == Errc::read_only ? read_only_refusal(operation.protocol, call.base_url)
                                                : refusal(operation.protocol, error, call.base_url);
  if (response.status == 401 && operation.protocol == Protocol::registry) {
    const auto scope = challenge_scope(services_.settings, operation.scope, repository_of(parameters));
    const auto name = service::service_name(services_.settings, call.request.host);
    response.add("WWW-Authenticate", registry::challenge(call.base_url, name, scope));
  }
  add_common_headers(services_.settings, operation.protocol, call.request, response);
  return response;
}

}  // namespace wharf::app
