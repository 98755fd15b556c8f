#include "app/admission.h"

#include "base/secret.h"
#include "http/error_body.h"

namespace wharf::app {
namespace {

using auth::Principal;
using http::Operation;
using http::Protocol;
using service::Call;

constexpr std::string_view kCsrfParameter = "_csrf_token";

bool has_csrf_token(const Call& call) {
  const auto sent = call.request.header("X-CSRF-Token");
  if (!sent.empty()) return same_secret(sent, call.csrf_token);
  if (call.request.query.find(kCsrfParameter) == std::string_view::npos) return false;
  const auto parameter = http::query_value(call.request.query, kCsrfParameter);
  return parameter && same_secret(*parameter, call.csrf_token);
}

/// Whether the request is a browser's, but of no script of a page of ours: scripts of others cannot send this header.
bool is_browser_without_script(const http::Request& request) {
  const auto agent = request.header("User-Agent");
  return (agent.starts_with("Mozilla/") || agent.starts_with("Opera/")) &&
         request.header("X-Requested-With") != "XMLHttpRequest";
}

Error xhr_only() {
  Error error{Errc::invalid_request,
              "API calls must be invoked with an X-Requested-With header if called from a browser"};
  error.extra = http::kBareError;
  return error;
}

bool wants_password_again(const Principal& who, std::int64_t timeout_s) {
  return who.means == Principal::Means::session && who.has_password && now_ms() - who.login_ms >= timeout_s * 1000;
}

}  // namespace

std::optional<Error> not_admitted(const Call& call, const Operation& operation, const Identity& identity) {
  if (operation.protocol == Protocol::web) return std::nullopt;
  const auto& settings = call.services.settings;
  const bool api = operation.protocol == Protocol::api;
  const bool changing = http::changes(operation.verb);
  // A name and a password, where they are taken, are sent by no browser of its own accord either.
  const bool by_session = call.who.anonymous() || call.who.means == Principal::Means::session;
  if (api && changing && operation.csrf && !identity.bearer && by_session) {
    const bool matters = identity.session || operation.anonymous;
    if (matters && (!identity.session || !has_csrf_token(call))) {
      return Error{Errc::csrf_invalid, "CSRF token was invalid or missing."};
    }
  }
  if (call.who.anonymous() && !call.token) {
    if (!operation.anonymous) return Error{Errc::unauthenticated, "Requires authentication"};
    if (!settings.features.anonymous_access && operation.scope != http::Scope::none) {
      if (api) return Error{Errc::anonymous_refused, "Anonymous access is not allowed"};
      return Error{Errc::unauthenticated, "Requires authentication"};
    }
  }
  if (settings.read_only && changing && !operation.when_read_only) {
    return Error{Errc::read_only, "The registry is read-only"};
  }
  if (!api || call.who.means != Principal::Means::session) return std::nullopt;
  if (!changing && settings.browser_calls_xhr_only && operation.path.starts_with("/api/v1") &&
      is_browser_without_script(call.request)) {
    return xhr_only();
  }
  if (operation.fresh_login && wants_password_again(call.who, settings.fresh_login_timeout_s)) {
    return Error{Errc::fresh_login_required, "Requires fresh login"};
  }
  return std::nullopt;
}

}  // namespace wharf::app
