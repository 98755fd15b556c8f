#include "api/permission.h"

#include "service/permission.h"

namespace wharf::api {
namespace {

using http::Nothing;
using http::Operation;
using http::Verb;
using service::Call;
using service::Role;

struct RepositoryPath {
  RepoName repository;
};
BOOST_DESCRIBE_STRUCT(RepositoryPath, (), (repository))

struct UserPath {
  RepoName repository;
  std::string username;
};
BOOST_DESCRIBE_STRUCT(UserPath, (), (repository, username))

struct TeamPath {
  RepoName repository;
  std::string teamname;
};
BOOST_DESCRIBE_STRUCT(TeamPath, (), (repository, teamname))

struct PutPermission {
  Role role = Role::read;
};
BOOST_DESCRIBE_STRUCT(PutPermission, (), (role))

Result<Role> role_of(const Result<PutPermission>& body) {
  if (!body) return body.error();
  return body->role;
}

Result<Nothing> done(const Result<bool>& result) {
  if (!result) return result.error();
  return Nothing{};
}

awaitable<Result<service::UserPermissions>> list_user_permissions(Call& call, RepositoryPath in) {
  co_return co_await call.services.permissions.list_users(call.who, std::move(in.repository));
}

awaitable<Result<service::TeamPermissions>> list_team_permissions(Call& call, RepositoryPath in) {
  co_return co_await call.services.permissions.list_teams(call.who, std::move(in.repository));
}

awaitable<Result<service::UserPermissionView>> get_user_permission(Call& call, UserPath in) {
  co_return co_await call.services.permissions.get_user(call.who, std::move(in.repository), std::move(in.username));
}

awaitable<Result<service::TransitivePermissions>> get_transitive_permission(Call& call, UserPath in) {
  co_return co_await call.services.permissions.get_transitive(call.who, std::move(in.repository),
                                                              std::move(in.username));
}

awaitable<Result<service::RoleView>> get_team_permission(Call& call, TeamPath in) {
  co_return co_await call.services.permissions.get_team(call.who, std::move(in.repository), std::move(in.teamname));
}

awaitable<Result<service::UserPermissionView>> put_user_permission(Call& call, UserPath in,
                                                                   Result<PutPermission> body) {
  co_return co_await call.services.permissions.put_user(call.who, std::move(in.repository), std::move(in.username),
                                                        role_of(body));
}

awaitable<Result<service::TeamPermissionView>> put_team_permission(Call& call, TeamPath in,
                                                                   Result<PutPermission> body) {
  co_return co_await call.services.permissions.put_team(call.who, std::move(in.repository), std::move(in.teamname),
                                                        role_of(body));
}

awaitable<Result<Nothing>> delete_user_permission(Call& call, UserPath in) {
  co_return done(
      co_await call.services.permissions.delete_user(call.who, std::move(in.repository), std::move(in.username)));
}

awaitable<Result<Nothing>> delete_team_permission(Call& call, TeamPath in) {
  co_return done(
      co_await call.services.permissions.delete_team(call.who, std::move(in.repository), std::move(in.teamname)));
}

constexpr std::string_view kUsers = "/api/v1/repository/{repository}/permissions/user/";
constexpr std::string_view kUser = "/api/v1/repository/{repository}/permissions/user/{username}";
constexpr std::string_view kTeams = "/api/v1/repository/{repository}/permissions/team/";
constexpr std::string_view kTeam = "/api/v1/repository/{repository}/permissions/team/{teamname}";

Operation operation(std::string_view id, Verb verb, std::string_view path, std::string_view summary,
                    std::vector<int> errors, int status = 200) {
  return {.id = id,
          .verb = verb,
          .path = path,
          .scope = http::Scope::repo_admin,
          .summary = summary,
          .tag = "Permissions",
          .status = status,
          .errors = std::move(errors)};
}

}  // namespace

void add_permission_operations(service::OperationTable& table) {
  table.add(
      operation("listRepoUserPermissions", Verb::get, kUsers, "Users and robots with a role by name.", {401, 403, 404}),
      list_user_permissions);
  table.add(
      operation("listRepoTeamPermissions", Verb::get, kTeams, "Teams with a role on a repository.", {401, 403, 404}),
      list_team_permissions);
  table.add(operation("getUserPermissions", Verb::get, kUser, "The role that a user was given by name.",
                      {400, 401, 403, 404}),
            get_user_permission);
  table.add(operation("getUserTransitivePermission", Verb::get,
                      "/api/v1/repository/{repository}/permissions/user/{username}/transitive",
                      "Every role that a user has, by name and through teams.", {401, 403, 404}),
            get_transitive_permission);
  table.add(operation("changeUserPermissions", Verb::put, kUser, "Gives a user or a robot a role.",
                      {400, 401, 403, 404, 415}),
            put_user_permission);
  table.add(operation("deleteUserPermissions", Verb::delete_, kUser, "Takes back the role given by name.",
                      {400, 401, 403, 404}, 204),
            delete_user_permission);
  table.add(operation("getTeamPermissions", Verb::get, kTeam, "The role that a team was given.", {400, 401, 403, 404}),
            get_team_permission);
  table.add(operation("changeTeamPermissions", Verb::put, kTeam, "Gives a team a role.", {400, 401, 403, 404, 415}),
            put_team_permission);
  table.add(
      operation("deleteTeamPermissions", Verb::delete_, kTeam, "Takes back a team's role.", {400, 401, 403, 404}, 204),
      delete_team_permission);
}

}  // namespace wharf::api
