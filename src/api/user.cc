#include "api/user.h"

#include "api/success.h"
#include "service/profile.h"
#include "service/session.h"
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

struct CreateNewUser {
  std::string username;
  std::string password;
  std::optional<json::Nullable<std::string>> email;
  std::optional<json::Nullable<std::string>> invite_code;
};
BOOST_DESCRIBE_STRUCT(CreateNewUser, (), (username, password, email, invite_code))

/// What a described struct is in JSON.
template <class T>
json::Object object_of(const T& value) {
  return json::parse(json::encode(value)).value().as_object();
}

/// The user with a session, or {"awaiting_verification": true}.
awaitable<Result<http::Reply<json::Object>>> create_new_user(Call& call, CreateNewUser in) {
  service::SignUp wanted{.username = std::move(in.username),
                         .password = std::move(in.password),
                         .email = given(in.email),
                         .invite_code = given(in.invite_code).value_or("")};
  auto made = co_await call.services.profiles.sign_up(call.who, std::move(wanted), call.base_url);
  if (!made) co_return made.error();
  http::Reply<json::Object> reply;
  if (made->awaiting_verification) {
    reply.body["awaiting_verification"] = true;
    co_return reply;
  }
  auto view = co_await call.services.profiles.view_new(made->account);
  if (!view) co_return view.error();
  reply.body = object_of(*view);
  reply.headers = call.services.sessions.begin(made->account, call.base_url);
  co_return reply;
}

awaitable<Result<http::Reply<service::UserView>>> change_user_details(Call& call, NoParameters,
                                                                      Result<service::ProfileChange> body) {
  auto changed = co_await call.services.profiles.change(call.who, std::move(body), call.base_url);
  if (!changed) co_return changed.error();
  http::Reply<service::UserView> reply{.status = 200, .body = std::move(changed->view), .headers = {}};
  // A token goes on as before, and must not become more than it was.
  if (changed->sessions_ended && call.who.means == auth::Principal::Means::session) {
    reply.headers = call.services.sessions.begin(changed->account, call.base_url);
  }
  co_return reply;
}

awaitable<Result<http::Nothing>> delete_current_user(Call& call, NoParameters) {
  auto done = co_await call.services.profiles.remove(call.who);
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

struct ConvertUser {
  std::string adminUser;
  std::string adminPassword;
  std::optional<json::Nullable<std::string>> plan;  // there is no billing: without effect
};
BOOST_DESCRIBE_STRUCT(ConvertUser, (), (adminUser, adminPassword, plan))

awaitable<Result<http::Reply<Success>>> convert_user(Call& call, NoParameters, Result<ConvertUser> body) {
  Result<service::Conversion> wanted = service::Conversion{};
  if (body) {
    wanted = service::Conversion{.admin_user = body->adminUser, .admin_password = body->adminPassword};
  } else {
    wanted = body.error();
  }
  auto admin = co_await call.services.profiles.convert(call.who, std::move(wanted));
  if (!admin) co_return admin.error();
  http::Reply<Success> reply;
  reply.headers = call.services.sessions.begin(*admin, call.base_url);
  co_return reply;
}

struct ClientKeyRequest {
  std::string password;
};
BOOST_DESCRIBE_STRUCT(ClientKeyRequest, (), (password))

struct ClientKey {
  std::string key;
};
BOOST_DESCRIBE_STRUCT(ClientKey, (), (key))

awaitable<Result<http::Reply<ClientKey>>> generate_client_key(Call& call, NoParameters, Result<ClientKeyRequest> body) {
  Result<std::string> password = body ? Result<std::string>(body->password) : Result<std::string>(body.error());
  auto key = co_await call.services.profiles.client_key(call.who, std::move(password));
  if (!key) co_return key.error();
  http::Reply<ClientKey> reply{.status = 200, .body = {std::move(*key)}, .headers = {{"Cache-Control", "no-store"}}};
  co_return reply;
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

Result<service::NewUser> new_user_of(const Result<CreateInstallUser>& body) {
  if (!body) return body.error();
  return service::NewUser{.username = body->username, .password = {}, .email = given(body->email)};
}

awaitable<Result<http::Reply<service::CreatedUser>>> create_install_user(Call& call, NoParameters,
                                                                         Result<CreateInstallUser> body) {
  auto created = co_await call.services.users.create_for(call.who, new_user_of(body));
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
             .anonymous = true,
             .csrf = false},
            initialize_user);
  table.add({.id = "getLoggedInUser",
             .verb = Verb::get,
             .path = "/api/v1/user/",
             .scope = Scope::user_read,
             .summary = "The caller, and the organizations they are in.",
             .tag = "Users",
             .errors = {401},
             .anonymous = true},
            get_logged_in_user);
  table.add({.id = "createNewUser",
             .verb = Verb::post,
             .path = "/api/v1/user/",
             .summary = "Signs up: makes a user as the caller wants to be one.",
             .tag = "Users",
             .errors = {400, 403, 404, 415, 429},
             .anonymous = true,
             .features = {"USER_CREATION", "DIRECT_LOGIN"}},
            create_new_user);
  table.add({.id = "changeUserDetails",
             .verb = Verb::put,
             .path = "/api/v1/user/",
             .scope = Scope::user_admin,
             .summary = "Changes the caller's password, address, name and details.",
             .tag = "Users",
             .errors = {400, 401, 403, 415, 429},
             .fresh_login = true},
            change_user_details);
  table.add({.id = "deleteCurrentUser",
             .verb = Verb::delete_,
             .path = "/api/v1/user/",
             .scope = Scope::user_admin,
             .summary = "Deletes the caller's account and all that they own.",
             .tag = "Users",
             .status = 204,
             .errors = {400, 401, 403, 404},
             .fresh_login = true},
            delete_current_user);
  table.add({.id = "generateUserClientKey",
             .verb = Verb::post,
             .path = "/api/v1/user/clientkey",
             .scope = Scope::user_admin,
             .summary = "The caller's password, encrypted for the configuration of clients.",
             .tag = "Users",
             .errors = {400, 401, 403, 404, 415, 429}},
            generate_client_key);
  table.add({.id = "convertUserToOrganization",
             .verb = Verb::post,
             .path = "/api/v1/user/convert",
             .scope = Scope::user_admin,
             .summary = "Turns the caller's account into an organization that another user administers.",
             .tag = "Users",
             .errors = {400, 401, 403, 404, 415, 429}},
            convert_user);
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
             .errors = {400, 401, 403, 404},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            list_all_users);
  table.add({.id = "createInstallUser",
             .verb = Verb::post,
             .path = "/api/v1/superuser/users/",
             .scope = Scope::super_user,
             .summary = "Makes a user with a random password, for a superuser.",
             .tag = "Superusers",
             .errors = {400, 401, 403, 404, 415},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            create_install_user);
}

}  // namespace wharf::api
