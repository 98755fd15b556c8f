#include "app/cors.h"

#include <algorithm>

namespace wharf::app {

bool has_cors(const service::Settings& settings, http::Protocol protocol, std::string_view path) {
  if (protocol == http::Protocol::api) return true;
  return !settings.cors_origins.empty() && (path == "/csrf_token" || path == "/config");
}

void add_cors(const service::Settings& settings, const http::Request& request, http::Response& response) {
  if (settings.cors_origins.empty()) {
    response.add("Access-Control-Allow-Origin", "*");
    return;
  }
  response.add("Vary", "Origin");
  const auto origin = request.header("Origin");
  if (origin.empty() || std::ranges::find(settings.cors_origins, origin) == settings.cors_origins.end()) return;
  response.add("Access-Control-Allow-Origin", std::string(origin));
  response.add("Access-Control-Allow-Credentials", "true");
  response.add("Access-Control-Expose-Headers", "X-Next-CSRF-Token");
}

http::Response preflight(const service::Settings& settings, std::string_view allow) {
  http::Response response;
  response.add("Allow", std::string(allow));
  response.add("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS, POST, DELETE, PUT");
  std::string headers = "Authorization, Content-Type, X-Requested-With";
  if (!settings.cors_origins.empty()) headers += ", Cookie, X-CSRF-Token";
  response.add("Access-Control-Allow-Headers", std::move(headers));
  response.add("Access-Control-Max-Age", "21600");
  return response;
}

}  // namespace wharf::app
