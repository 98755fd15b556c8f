#include "api/account_link.h"

#include "http/authorization.h"
#include "http/error_body.h"
#include "service/profile.h"
#include "service/session.h"

namespace wharf::api {
namespace {

using http::Protocol;
using http::Response;
using http::Verb;
using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

struct RequestRecovery {
  std::string email;
};
BOOST_DESCRIBE_STRUCT(RequestRecovery, (), (email))

awaitable<Result<service::RecoveryAnswer>> request_recovery(Call& call, RequestRecovery in) {
  co_return co_await call.services.profiles.request_recovery(std::move(in.email), call.base_url);
}

struct LinkCode {
  std::string code;  // query
};
BOOST_DESCRIBE_STRUCT(LinkCode, (), (code))

Response redirect(std::string to) {
  Response response;
  response.status = 302;
  response.add("Location", std::move(to));
  response.add("Cache-Control", "no-store");
  response.add("Referrer-Policy", "no-referrer");
  return response;
}

/// What comes of a link that is not good: a browser is led to where a page says so (web/src/features/session),
/// everybody else is told at once.
Result<Response> refused(const Call& call, Error error, std::string_view link) {
  const bool browser = call.request.header("Accept").find("text/html") != std::string_view::npos;
  if (error.code != Errc::invalid_request || !browser) return error;
  return redirect("/signin?refused=" + std::string(link));
}

/// Lets the user in and leads them to where they set a password.
awaitable<Result<Response>> recover(Call& call, LinkCode in) {
  auto account = co_await call.services.profiles.recover(std::move(in.code));
  if (!account) co_return refused(call, account.error(), "recovery");
  auto response = redirect("/user/" + http::percent_encode(account->name) + "?tab=settings&action=password");
  for (auto& header : call.services.sessions.begin(*account, call.base_url)) {
    response.headers.push_back(std::move(header));
  }
  co_return response;
}

awaitable<Result<Response>> confirm(Call& call, LinkCode in) {
  auto confirmed = co_await call.services.profiles.confirm(std::move(in.code), call.base_url);
  if (!confirmed) co_return refused(call, confirmed.error(), "confirmation");
  auto response = redirect("/");
  // Only who signed up with a password goes in: a link to somebody's new address may have been sent by anybody.
  if (confirmed->new_user) {
    for (auto& header : call.services.sessions.begin(confirmed->account, call.base_url)) {
      response.headers.push_back(std::move(header));
    }
  }
  co_return response;
}

/// Whether somebody between the client and us tells of another address than the one that the connection comes from.
bool is_forwarded(const http::Request& request) {
  return !request.header("X-Forwarded-For").empty() || !request.header("Forwarded").empty();
}

/// Reads the credentials itself: a token that has expired is still good here, from this machine.
awaitable<Result<Response>> renew_bootstrap_token(Call& call, NoParameters) {
  const std::string token(http::bearer_of(call.request.header("Authorization")).value_or(""));
  if (token.empty()) {
    co_return http::api_error({Errc::unauthenticated, "Requires authentication"}, call.base_url);
  }
  if (call.services.settings.read_only) {
    co_return http::api_error({Errc::read_only, "The registry is read-only"}, call.base_url);
  }
  auto peer = is_forwarded(call.request) ? std::string() : call.request.peer;
  auto done = co_await call.services.profiles.renew_bootstrap_token(token, std::move(peer));
  if (!done) co_return http::api_error(done.error(), call.base_url);
  auto response = http::json_response(200, "{\"status\": \"rotated\"}\n");
  response.add("Cache-Control", "no-store");
  co_return response;
}

}  // namespace

void add_account_link_operations(service::OperationTable& table) {
  table.add({.id = "requestRecoveryEmail",
             .verb = Verb::post,
             .path = "/api/v1/recovery",
             .summary = "Sends a link by which a forgotten password can be set anew.",
             .tag = "Users",
             .errors = {400, 404, 415},
             .anonymous = true,
             .features = {"MAILING"}},
            request_recovery);
  table.add({.id = "recoverAccount",
             .verb = Verb::get,
             .path = "/recovery",
             .summary = "Follows such a link: signs the user in, who then sets a password.",
             .tag = "Web",
             .status = 302,
             .errors = {400, 503},
             .anonymous = true,
             .protocol = Protocol::web,
             .internal = true,
             .features = {"MAILING"}},
            recover);
  table.add({.id = "confirmEmail",
             .verb = Verb::get,
             .path = "/confirm",
             .summary = "Follows a link that was sent to an address: the address is the user's.",
             .tag = "Web",
             .status = 302,
             .errors = {400, 503},
             .anonymous = true,
             .protocol = Protocol::web,
             .internal = true,
             .features = {"MAILING"}},
            confirm);
  table.add({.id = "renewBootstrapToken",
             .verb = Verb::post,
             .path = "/api/v1/bootstrap/renew",
             .summary = "Puts a new token in the place of the bootstrap token that is shown.",
             .tag = "Bootstrap",
             .errors = {401, 403, 404, 500, 503},
             .anonymous = true,
             .protocol = Protocol::web,
             .features = {"PROGRAMMATIC_BOOTSTRAP"},
             .csrf = false},
            renew_bootstrap_token);
}

}  // namespace wharf::api
