#include "api/user.h"

#include "service/user.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

struct InitializeUser {
  std::string username;
  std::string password;
  std::optional<json::Nullable<std::string>> email;
  std::optional<bool> access_token;
  std::optional<std::string> setup_code;  // or in the header X-Wharf-Setup-Code
};
BOOST_DESCRIBE_STRUCT(InitializeUser, (), (username, password, email, access_token, setup_code))

/// What was sent, or nothing for null and for an empty text.
std::optional<std::string> given(const std::optional<json::Nullable<std::string>>& text) {
  if (!text || !*text || (*text)->empty()) return std::nullopt;
  return **text;
}

awaitable<Result<http::Reply<service::FirstUser>>> initialize_user(Call& call, InitializeUser in) {
  auto code = std::string(call.request.header("X-Wharf-Setup-Code"));
  if (code.empty()) code = in.setup_code.value_or("");
  service::NewUser wanted{.username = in.username, .password = in.password, .email = given(in.email)};
  auto first =
      co_await call.services.users.initialize(std::move(wanted), in.access_token.value_or(false), std::move(code));
  if (!first) co_return first.error();
  co_return http::Reply<service::FirstUser>{
      .status = 200, .body = std::move(*first), .headers = {{"Cache-Control", "no-store"}}};
}

awaitable<Result<service::UserView>> get_logged_in_user(Call& call, NoParameters) {
  co_return co_await call.services.users.view_self(call.who);
}

struct Username {
  std::string username;
};
BOOST_DESCRIBE_STRUCT(Username, (), (username))

awaitable<Result<service::UserView>> get_user_information(Call& call, Username in) {
  co_return co_await call.services.users.view(call.who, std::move(in.username));
}

struct ListAllUsers {                 // all in the query
  bool disabled = true;               // with disabled users
  std::optional<std::int64_t> limit;  // 1..100 a page; none: everybody at once
  std::string next_page;              // of the page before
};
BOOST_DESCRIBE_STRUCT(ListAllUsers, (), (disabled, limit, next_page))

awaitable<Result<service::UserRecords>> list_all_users(Call& call, ListAllUsers in) {
  service::UserListing wanted{.with_disabled = in.disabled, .limit = in.limit, .next_page = in.next_page};
  co_return co_await call.services.users.list(call.who, std::move(wanted));
}

struct CreateInstallUser {
  std::string username;
  std::optional<json::Nullable<std::string>> email;
};
BOOST_DESCRIBE_STRUCT(CreateInstallUser, (), (username, email))

awaitable<Result<http::Reply<service::CreatedUser>>> create_install_user(Call& call, CreateInstallUser in) {
  auto created = co_await call.services.users.create_for(call.who, std::move(in.username), given(in.email));
  if (!created) co_return created.error();
  co_return http::Reply<service::CreatedUser>{
      .status = 200, .body = std::move(*created), .headers = {{"Cache-Control", "no-store"}}};
}

}  // namespace

void add_user_operations(service::OperationTable& table) {
  table.add({.id = "initializeUser",
             .verb = Verb::post,
             .path = "/api/v1/user/initialize",
             .summary = "Makes the first user, once, with a token if wanted.",
             .tag = "Users",
             .errors = {400, 415},
             .anonymous = true},
            initialize_user);
  table.add({.id = "getLoggedInUser",
             .verb = Verb::get,
             .path = "/api/v1/user/",
             .scope = Scope::user_read,
             .summary = "The caller, and the organizations they are in.",
             .tag = "Users",
             .errors = {401}},
            get_logged_in_user);
  table.add({.id = "getUserInformation",
             .verb = Verb::get,
             .path = "/api/v1/users/{username}",
             .summary = "What may be known of a user.",
             .tag = "Users",
             .errors = {401, 404},
             .anonymous = true},
            get_user_information);
  table.add({.id = "listAllUsers",
             .verb = Verb::get,
             .path = "/api/v1/superuser/users/",
             .scope = Scope::super_user,
             .summary = "Every user, for a superuser.",
             .tag = "Superusers",
             .errors = {400, 401, 403, 404}},
            list_all_users);
  table.add({.id = "createInstallUser",
             .verb = Verb::post,
             .path = "/api/v1/superuser/users/",
             .scope = Scope::super_user,
             .summary = "Makes a user with a random password, for a superuser.",
             .tag = "Superusers",
             .errors = {400, 401, 403, 404, 415}},
            create_install_user);
}

}  // namespace wharf::api
