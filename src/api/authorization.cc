#include "api/authorization.h"

#include "service/oauth.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

awaitable<Result<service::AuthorizationViews>> list_authorizations(Call& call, NoParameters) {
  co_return co_await call.services.oauth.authorizations(call.who);
}

struct AuthorizationPath {
  std::string access_token_uuid;
};
BOOST_DESCRIBE_STRUCT(AuthorizationPath, (), (access_token_uuid))

awaitable<Result<service::AuthorizationView>> get_authorization(Call& call, AuthorizationPath in) {
  co_return co_await call.services.oauth.authorization(call.who, std::move(in.access_token_uuid));
}

awaitable<Result<http::Nothing>> delete_authorization(Call& call, AuthorizationPath in) {
  auto done = co_await call.services.oauth.revoke(call.who, std::move(in.access_token_uuid));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

awaitable<Result<service::AssignmentViews>> list_assigned(Call& call, NoParameters) {
  co_return co_await call.services.oauth.assignments(call.who);
}

struct AssignedPath {
  std::string assigned_authorization_uuid;
};
BOOST_DESCRIBE_STRUCT(AssignedPath, (), (assigned_authorization_uuid))

awaitable<Result<http::Nothing>> delete_assigned(Call& call, AssignedPath in) {
  auto done = co_await call.services.oauth.remove_assignment(call.who, std::move(in.assigned_authorization_uuid));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

}  // namespace

void add_authorization_operations(service::OperationTable& table) {
  table.add({.id = "listUserAuthorizations",
             .path = "/api/v1/user/authorizations",
             .scope = Scope::user_admin,
             .summary = "The OAuth tokens that act for the caller.",
             .tag = "Authorizations",
             .errors = {401, 403}},
            list_authorizations);
  table.add({.id = "getUserAuthorization",
             .path = "/api/v1/user/authorizations/{access_token_uuid}",
             .scope = Scope::user_admin,
             .summary = "One OAuth token that acts for the caller.",
             .tag = "Authorizations",
             .errors = {401, 403, 404}},
            get_authorization);
  table.add({.id = "deleteUserAuthorization",
             .verb = Verb::delete_,
             .path = "/api/v1/user/authorizations/{access_token_uuid}",
             .scope = Scope::user_admin,
             .summary = "Revokes what the caller has authorized.",
             .tag = "Authorizations",
             .status = 204,
             .errors = {401, 403, 404}},
            delete_authorization);
  table.add({.id = "listAssignedAuthorizations",
             .path = "/api/v1/user/assignedauthorization",
             .scope = Scope::user_admin,
             .summary = "The OAuth tokens that admins have offered to the caller.",
             .tag = "Authorizations",
             .errors = {401, 403},
             .features = {"ASSIGN_OAUTH_TOKEN"}},
            list_assigned);
  table.add({.id = "deleteAssignedAuthorization",
             .verb = Verb::delete_,
             .path = "/api/v1/user/assignedauthorization/{assigned_authorization_uuid}",
             .scope = Scope::user_admin,
             .summary = "Turns down an OAuth token that an admin has offered.",
             .tag = "Authorizations",
             .status = 204,
             .errors = {401, 403, 404},
             .features = {"ASSIGN_OAUTH_TOKEN"}},
            delete_assigned);
}

}  // namespace wharf::api
