#include "api/session.h"

#include "api/success.h"
#include "auth/access.h"
#include "service/invitation.h"
#include "service/session.h"

namespace wharf::api {
namespace {

using http::Reply;
using http::Verb;
using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

struct SignInBody {
  std::string username;  // or an e-mail address
  std::string password;
  std::optional<json::Nullable<std::string>> invite_code;  // "urn:teaminvite:…": joins the team too
};
BOOST_DESCRIBE_STRUCT(SignInBody, (), (username, password, invite_code))

struct Password {
  std::string password;
};
BOOST_DESCRIBE_STRUCT(Password, (), (password))

service::Browser browser_of(const Call& call) {
  return {.user_agent = std::string(call.request.header("User-Agent")), .base_url = call.base_url};
}

Reply<Success> success(service::SessionHeaders headers) {
  Reply<Success> reply;
  reply.headers = std::move(headers);
  return reply;
}

awaitable<Result<Reply<Success>>> sign_in(Call& call, SignInBody in) {
  service::SignIn wanted{.username = std::move(in.username), .password = std::move(in.password)};
  auto browser = browser_of(call);
  auto signed_in = co_await call.services.sessions.sign_in(call.who, std::move(wanted), std::move(browser));
  if (!signed_in) co_return signed_in.error();
  if (in.invite_code && *in.invite_code && !call.services.settings.read_only) {
    // Whether or not it is good, they are signed in: the page of the invitation tells them the rest.
    co_await call.services.invitations.accept(signed_in->who, **in.invite_code);
  }
  co_return success(std::move(signed_in->headers));
}

awaitable<Result<Reply<Success>>> verify(Call& call, NoParameters, Result<Password> body) {
  Result<std::string> password = body ? Result<std::string>(body->password) : Result<std::string>(body.error());
  auto browser = browser_of(call);
  auto headers = co_await call.services.sessions.verify(call.who, std::move(password), std::move(browser));
  if (!headers) co_return headers.error();
  co_return success(std::move(*headers));
}

awaitable<Result<Reply<Success>>> sign_out(Call& call, NoParameters) {
  auto browser = browser_of(call);
  auto headers = co_await call.services.sessions.sign_out(call.who, std::move(browser));
  co_return success(std::move(headers));
}

enum class ExternalLoginKind { login, attach, cli };
BOOST_DESCRIBE_ENUM(ExternalLoginKind, login, attach, cli)

struct ExternalLogin {
  std::string service_id;  // path
  ExternalLoginKind kind = ExternalLoginKind::login;
};
BOOST_DESCRIBE_STRUCT(ExternalLogin, (), (service_id, kind))

struct AuthorizationUrl {
  std::string auth_url;
};
BOOST_DESCRIBE_STRUCT(AuthorizationUrl, (), (auth_url))

/// There is no service elsewhere that people could sign in with.
awaitable<Result<AuthorizationUrl>> external_login(Call&, ExternalLogin in) {
  co_return Error{Errc::invalid_request, "Unknown login service: " + in.service_id};
}

struct LoginService {
  std::string service_id;  // path
};
BOOST_DESCRIBE_STRUCT(LoginService, (), (service_id))

/// And so nobody is attached to one, which is what the caller wants.
awaitable<Result<Success>> detach_external(Call& call, LoginService) {
  if (auto ok = auth::require_user(call.who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  co_return Success{};
}

}  // namespace

void add_session_operations(service::OperationTable& table) {
  table.add({.id = "signinUser",
             .verb = Verb::post,
             .path = "/api/v1/signin",
             .summary = "Signs in with a password: begins a session.",
             .tag = "Sessions",
             .errors = {400, 403, 415, 429},
             .anonymous = true,
             .features = {"DIRECT_LOGIN"},
             .when_read_only = true},
            sign_in);
  table.add({.id = "verifyUser",
             .verb = Verb::post,
             .path = "/api/v1/signin/verify",
             .scope = http::Scope::user_admin,
             .summary = "Shows the password once more, for what needs a fresh login.",
             .tag = "Sessions",
             .errors = {400, 401, 403, 415, 429},
             .when_read_only = true},
            verify);
  table.add({.id = "logout",
             .verb = Verb::post,
             .path = "/api/v1/signout",
             .summary = "Ends every session of the caller.",
             .tag = "Sessions",
             .errors = {403},
             .anonymous = true,
             .when_read_only = true},
            sign_out);
  table.add({.id = "retrieveExternalLoginAuthorizationUrl",
             .verb = Verb::post,
             .path = "/api/v1/externallogin/{service_id}",
             .summary = "Where to sign in with an account elsewhere.",
             .tag = "Sessions",
             .errors = {400, 403, 415},
             .anonymous = true,
             .when_read_only = true},
            external_login);
  table.add({.id = "detachExternalLogin",
             .verb = Verb::post,
             .path = "/api/v1/detachexternal/{service_id}",
             .scope = http::Scope::user_admin,
             .summary = "The caller signs in with that account no more.",
             .tag = "Sessions",
             .errors = {401, 403},
             .features = {"DIRECT_LOGIN"}},
            detach_external);
}

}  // namespace wharf::api
