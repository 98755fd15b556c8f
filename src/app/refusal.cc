#include "app/refusal.h"

#include <algorithm>

#include "app/cors.h"
#include "base/json.h"
#include "base/names.h"
#include "http/error_body.h"

namespace wharf::app {
namespace {

using http::Protocol;

bool below(std::string_view path, std::string_view root) {
  return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

bool has_header(const http::Response& response, std::string_view name) {
  return std::ranges::any_of(response.headers, [&](const auto& header) { return header.first == name; });
}

}  // namespace

Protocol protocol_of(std::string_view path) {
  if (below(path, "/api")) return Protocol::api;
  if (below(path, "/v2")) return Protocol::registry;
  return Protocol::web;
}

std::string base_url_of(const service::Settings& settings, const http::Request& request) {
  const auto host = service::service_name(settings, request.host);
  std::string_view scheme = settings.preferred_url_scheme;
  if (scheme.empty()) scheme = request.secure ? "https" : "http";
  std::string url;
  url.reserve(scheme.size() + 3 + host.size());
  return url.append(scheme).append("://").append(host);
}

std::string challenge_scope(const service::Settings& settings, http::Scope scope, std::string_view name) {
  const bool push = scope == http::Scope::repo_write || scope == http::Scope::repo_admin;
  if ((!push && scope != http::Scope::repo_read) || name.empty()) return {};
  std::string full(name);
  if (name.find('/') == std::string_view::npos) {
    if (!settings.features.library_support) return {};
    full = settings.library_namespace + '/' + full;
  }
  // The name came out of the path decoded: what is no name must not reach a header.
  if (!RepoName::parse(full)) return {};
  return "repository:" + full + (push ? ":pull,push" : ":pull");
}

http::Response refusal(Protocol protocol, const Error& error, std::string_view base_url) {
  http::Response response;
  switch (protocol) {
    case Protocol::api:
      response = http::api_error(error, base_url);
      break;
    case Protocol::registry:
      response = http::registry_error(error);
      break;
    case Protocol::web:
      response.status = error_row(error.code).status;
      response.add("Content-Type", "text/plain; charset=utf-8");
      response.body = error.message + "\n";
      break;
  }
  if (error.retry_after_s > 0) {
    response.add("Retry-After", std::to_string(error.retry_after_s));
  } else if (error.code == Errc::unavailable) {
    response.add("Retry-After", "2");
  }
  return response;
}

http::Response read_only_refusal(Protocol protocol, std::string_view base_url) {
  const Error error{Errc::read_only, "The registry is read-only"};
  if (protocol == Protocol::registry) {
    json::Object entry{
        {"code", "DENIED"}, {"message", error.message}, {"detail", json::Object{}}, {"is_readonly", true}};
    json::Array errors;
    errors.push_back(std::move(entry));
    return http::json_response(405, json::to_text(json::Object{{"errors", std::move(errors)}}) + "\n");
  }
  auto response = refusal(protocol, error, base_url);
  if (protocol == Protocol::api) {
    auto body = json::parse(std::get<std::string>(response.body)).value();
    body.as_object()["is_readonly"] = true;
    response.body = json::to_text(body) + "\n";
  }
  return response;
}

Error public_accident(Errc code, std::string_view request_id) {
  std::string message;
  switch (code) {
    case Errc::insufficient_storage:
      message = "There is no room left";
      break;
    case Errc::unavailable:
      message = "A part of the server is not available just now";
      break;
    default:
      code = Errc::internal;
      message = "Internal error";
  }
  message.append(" (request ").append(request_id).append(")");
  return {code, std::move(message)};
}

void add_common_headers(const service::Settings& settings, Protocol protocol, const http::Request& request,
                        http::Response& response) {
  if (protocol == Protocol::registry) {
    if (below(request.path, "/v2") && !has_header(response, "Docker-Distribution-API-Version")) {
      response.add("Docker-Distribution-API-Version", "registry/2.0");
    }
    return;
  }
  if (has_cors(settings, protocol, request.path)) add_cors(settings, request, response);
  response.add("X-Frame-Options", "DENY");
  response.add("X-Content-Type-Options", "nosniff");
  if (protocol == Protocol::api) {
    if (!has_header(response, "Cache-Control")) response.add("Cache-Control", "no-store");
  }
  // Only where the configuration promises https under a name: a browser remembers it for years.
  if (settings.preferred_url_scheme == "https" && !settings.server_hostname.empty()) {
    response.add("Strict-Transport-Security", "max-age=63072000");
  }
}

}  // namespace wharf::app
