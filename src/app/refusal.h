#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"
#include "http/operation.h"
#include "service/settings.h"

namespace wharf::app {

/// Which protocol a path belongs to that no operation answers.
http::Protocol protocol_of(std::string_view path);

/// "http://localhost:8080": the scheme and host under which the client reached the server, or the configured ones.
std::string base_url_of(const service::Settings& settings, const http::Request& request);

/// `repository:acme/app:pull` or `…:pull,push` for an operation on the repository `name`; empty for other scopes and
/// for names that nobody can have. One segment stands in the library namespace where that is on.
std::string challenge_scope(const service::Settings& settings, http::Scope scope, std::string_view name);

/// `error` as a client of `protocol` reads it.
http::Response refusal(http::Protocol protocol, const Error& error, std::string_view base_url);

/// A change that the read-only registry refuses: 503 on the API, 405 DENIED on /v2, both with `is_readonly`.
/// Source: Quay, REGISTRY_STATE.
http::Response read_only_refusal(http::Protocol protocol, std::string_view base_url);

/// What a client is told of an accident with this code: 500, 503 or 507, words without any detail, and the request's
/// id, by which the log has the rest.
Error public_accident(Errc code, std::string_view request_id);

/// Adds the headers that every answer of `protocol` has.
void add_common_headers(const service::Settings& settings, http::Protocol protocol, const http::Request& request,
                        http::Response& response);

}  // namespace wharf::app
