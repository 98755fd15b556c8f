#include "api/app_token.h"

#include "auth/access.h"
#include "service/app_token.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct ListAppTokens {
  std::optional<bool> expiring;  // query: only those that are about to
};
BOOST_DESCRIBE_STRUCT(ListAppTokens, (), (expiring))

awaitable<Result<service::AppTokenViews>> list_app_tokens(Call& call, ListAppTokens in) {
  co_return co_await call.services.app_tokens.list(call.who, in.expiring);
}

awaitable<Result<service::AppTokenViews>> list_all_app_tokens(Call& call, ListAppTokens in) {
  co_return co_await call.services.app_tokens.list_all(call.who, in.expiring);
}

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

struct CreateAppToken {
  std::string title;
};
BOOST_DESCRIBE_STRUCT(CreateAppToken, (), (title))

struct OneAppToken {
  service::AppTokenView token;
};
BOOST_DESCRIBE_STRUCT(OneAppToken, (), (token))

awaitable<Result<OneAppToken>> create_app_token(Call& call, NoParameters, Result<CreateAppToken> body) {
  if (auto ok = auth::require_user(call.who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  if (!body) co_return body.error();
  auto view = co_await call.services.app_tokens.create(call.who, std::move(body->title));
  if (!view) co_return view.error();
  co_return OneAppToken{std::move(*view)};
}

struct AppTokenPath {
  std::string token_uuid;
};
BOOST_DESCRIBE_STRUCT(AppTokenPath, (), (token_uuid))

awaitable<Result<OneAppToken>> get_app_token(Call& call, AppTokenPath in) {
  auto view = co_await call.services.app_tokens.find(call.who, std::move(in.token_uuid));
  if (!view) co_return view.error();
  co_return OneAppToken{std::move(*view)};
}

awaitable<Result<http::Nothing>> revoke_app_token(Call& call, AppTokenPath in) {
  auto done = co_await call.services.app_tokens.revoke(call.who, std::move(in.token_uuid));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

}  // namespace

void add_app_token_operations(service::OperationTable& table) {
  table.add({.id = "listAppTokens",
             .path = "/api/v1/user/apptoken",
             .scope = Scope::user_admin,
             .summary = "The caller's app specific tokens.",
             .tag = "App tokens",
             .errors = {401, 403},
             .features = {"APP_SPECIFIC_TOKENS"}},
            list_app_tokens);
  table.add({.id = "createAppToken",
             .verb = Verb::post,
             .path = "/api/v1/user/apptoken",
             .scope = Scope::user_admin,
             .summary = "Makes an app specific token: the password of the registry user $app.",
             .tag = "App tokens",
             .errors = {400, 401, 403, 415},
             .features = {"APP_SPECIFIC_TOKENS"},
             .fresh_login = true},
            create_app_token);
  table.add({.id = "getAppToken",
             .path = "/api/v1/user/apptoken/{token_uuid}",
             .scope = Scope::user_admin,
             .summary = "One of the caller's app specific tokens, with its code.",
             .tag = "App tokens",
             .errors = {401, 403, 404},
             .features = {"APP_SPECIFIC_TOKENS"},
             .fresh_login = true},
            get_app_token);
  table.add({.id = "revokeAppToken",
             .verb = Verb::delete_,
             .path = "/api/v1/user/apptoken/{token_uuid}",
             .scope = Scope::user_admin,
             .summary = "Revokes an app specific token.",
             .tag = "App tokens",
             .status = 204,
             .errors = {401, 403, 404},
             .features = {"APP_SPECIFIC_TOKENS"},
             .fresh_login = true},
            revoke_app_token);
  table.add({.id = "listAllAppTokens",
             .path = "/api/v1/superuser/apptokens",
             .scope = Scope::super_user,
             .summary = "Everybody's app specific tokens, without their codes.",
             .tag = "App tokens",
             .errors = {401, 403},
             .features = {"SUPER_USERS", "APP_SPECIFIC_TOKENS"},
             .fresh_login = true},
            list_all_app_tokens);
}

}  // namespace wharf::api
