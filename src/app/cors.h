#pragma once
#include <string_view>

#include "http/message.h"
#include "http/operation.h"
#include "service/settings.h"

/// Which pages of other origins may read our answers. Without CORS_ORIGIN the API is open to all of them, without
/// anybody's session; with it, to those that it names, with the session of their visitor. Source: Fetch, "CORS
/// protocol"; Quay, "CORS".
namespace wharf::app {

/// Whether the answers at `path` are for pages of other origins at all.
bool has_cors(const service::Settings& settings, http::Protocol protocol, std::string_view path);

/// Adds what says so to an answer for which `has_cors`.
void add_cors(const service::Settings& settings, const http::Request& request, http::Response& response);

/// The answer to OPTIONS on a path for which `has_cors`; `allow` is what the path answers.
http::Response preflight(const service::Settings& settings, std::string_view allow);

}  // namespace wharf::app
