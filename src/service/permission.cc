#include "service/permission.h"

#include "auth/access.h"
#include "service/audit.h"
#include "service/conflict.h"
#include "store/account.h"
#include "store/permission.h"
#include "store/team.h"

namespace wharf::service {
namespace {

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }

/// The repository, to those who may see its permissions.
Result<auth::Access> look(db::Tx& tx, const auth::Principal& who, const RepoName& name) {
  return auth::require(tx, who, name, auth::Action::admin, true);
}

LogPlace place_of(const auth::Access& access) {
  return {.namespace_id = access.row().namespace_id, .repository_id = access.repository_id()};
}

UserPermissionView view_of(const store::UserPermission& row, bool in_organization) {
  UserPermissionView view{
      .role = role_of(row.role),
      .name = row.name,
      .is_robot = row.is_robot,
      .avatar = make_avatar(row.is_robot ? AvatarKind::robot : AvatarKind::user, row.name, row.email),
      .is_org_member = {}};
  if (in_organization) view.is_org_member = row.is_robot || row.is_member;
  return view;
}

TeamPermissionView view_of(const store::TeamPermission& row) {
  return {.role = role_of(row.role), .name = row.name, .avatar = make_avatar(AvatarKind::team, row.name)};
}

}  // namespace

awaitable<Result<bool>> PermissionService::check_admin(auth::Principal who, RepoName repository, bool looking) {
  auto read = [&](db::Tx& tx) -> Result<bool> {
    const auto access = auth::Access::find(tx, who, repository);
    if (access.may(auth::Action::admin) || (looking && access.looks_on())) return true;
    return auth::refusal(who);
  };
  co_return co_await db_.lookup(std::move(read));
}

awaitable<Result<UserPermissions>> PermissionService::list_users(auth::Principal who, RepoName repository) {
  auto job = [=](db::Tx& tx) -> Result<UserPermissions> {
    const auto access = look(tx, who, repository);
    if (!access) return access.error();
    UserPermissions result;
    for (const auto& row : store::list_user_permissions(tx, access->repository_id())) {
      result.permissions[row.name] = view_of(row, access->is_organization());
    }
    return result;
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<TeamPermissions>> PermissionService::list_teams(auth::Principal who, RepoName repository) {
  auto job = [=](db::Tx& tx) -> Result<TeamPermissions> {
    const auto access = look(tx, who, repository);
    if (!access) return access.error();
    TeamPermissions result;
    for (const auto& row : store::list_team_permissions(tx, access->repository_id())) {
      result.permissions[row.name] = view_of(row);
    }
    return result;
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<UserPermissionView>> PermissionService::get_user(auth::Principal who, RepoName repository,
                                                                  std::string username) {
  auto job = [=](db::Tx& tx) -> Result<UserPermissionView> {
    const auto access = look(tx, who, repository);
    if (!access) return access.error();
    const auto row = store::find_user_permission(tx, access->repository_id(), username);
    if (!row) return invalid("User does not have permission for repo.");
    return view_of(*row, access->is_organization());
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<RoleView>> PermissionService::get_team(auth::Principal who, RepoName repository, std::string team) {
  auto job = [=](db::Tx& tx) -> Result<RoleView> {
    const auto access = look(tx, who, repository);
    if (!access) return access.error();
    const auto row = store::find_team_permission(tx, access->repository_id(), team);
    if (!row) return invalid("Team does not have permission for repo.");
    return RoleView{.role = role_of(row->role)};
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<TransitivePermissions>> PermissionService::get_transitive(auth::Principal who, RepoName repository,
                                                                           std::string username) {
  auto job = [=](db::Tx& tx) -> Result<TransitivePermissions> {
    const auto access = look(tx, who, repository);
    if (!access) return access.error();
    // Whoever cannot be called so is not there; a robot's name has a plus.
    const bool possible = is_namespace_segment(username) || RobotName::parse(username);
    const auto account = possible ? store::find_account(tx, username) : std::nullopt;
    TransitivePermissions result;
    if (account) {
      for (const int rank : store::list_all_roles(tx, access->repository_id(), account->id)) {
        result.permissions.push_back({.role = role_of(rank)});
      }
    }
    if (result.permissions.empty()) return Error{Errc::not_found, "Not Found"};
    return result;
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<UserPermissionView>> PermissionService::put_user(auth::Principal who, RepoName repository,
                                                                  std::string username, Result<Role> role) {
  auto job = [=](db::Tx& tx) -> Result<UserPermissionView> {
    const auto access = auth::require(tx, who, repository, auth::Action::admin);
    if (!access) return access.error();
    if (!role) return role.error();
    if (username == repository.ns) return invalid("Namespace owner must always be admin.");
    const auto account = store::find_account(tx, username);
    if (!account || account->kind == store::AccountKind::organization) return invalid("Invalid username: " + username);
    if (account->kind == store::AccountKind::robot && account->owner_id != access->row().namespace_id) {
      return invalid("Cannot add robot " + username + " under namespace " + repository.ns);
    }
    store::put_user_permission(tx, access->repository_id(), account->id, rank_of(*role));
    audit(tx, who, "change_repo_permission", place_of(*access),
          {{"username", username},
           {"repo", repository.name},
           {"namespace", repository.ns},
           {"role", std::string(json::enum_text(*role))}});
    const auto row = store::find_user_permission(tx, access->repository_id(), username);
    return view_of(*row, access->is_organization());
  };
  // The name or the repository went away between the check and the insert.
  co_return co_await write_or(db_, std::move(job), invalid("Invalid username: " + username));
}

awaitable<Result<TeamPermissionView>> PermissionService::put_team(auth::Principal who, RepoName repository,
                                                                  std::string team, Result<Role> role) {
  const auto unknown = invalid("No team " + team + " in organization " + repository.ns);
  auto job = [=](db::Tx& tx) -> Result<TeamPermissionView> {
    const auto access = auth::require(tx, who, repository, auth::Action::admin);
    if (!access) return access.error();
    if (!role) return role.error();
    const auto row = store::find_team(tx, access->row().namespace_id, team);
    if (!row) return unknown;
    store::put_team_permission(tx, access->repository_id(), row->id, rank_of(*role));
    audit(tx, who, "change_repo_permission", place_of(*access),
          {{"team", team}, {"repo", repository.name}, {"role", std::string(json::enum_text(*role))}});
    return view_of({.name = team, .role = rank_of(*role)});
  };
  co_return co_await write_or(db_, std::move(job), unknown);
}

awaitable<Result<bool>> PermissionService::delete_user(auth::Principal who, RepoName repository, std::string username) {
  auto job = [=](db::Tx& tx) -> Result<bool> {
    const auto access = auth::require(tx, who, repository, auth::Action::admin);
    if (!access) return access.error();
    if (username == repository.ns) return invalid("Namespace owner must always be admin.");
    if (!store::delete_user_permission(tx, access->repository_id(), username)) {
      return invalid("User does not have permission for repo.");
    }
    audit(tx, who, "delete_repo_permission", place_of(*access),
          {{"username", username}, {"repo", repository.name}, {"namespace", repository.ns}});
    return true;
  };
  co_return co_await db_.write(std::move(job));
}

awaitable<Result<bool>> PermissionService::delete_team(auth::Principal who, RepoName repository, std::string team) {
  auto job = [=](db::Tx& tx) -> Result<bool> {
    const auto access = auth::require(tx, who, repository, auth::Action::admin);
    if (!access) return access.error();
    if (!store::delete_team_permission(tx, access->repository_id(), team)) {
      return invalid("Team does not have permission for repo.");
    }
    audit(tx, who, "delete_repo_permission", place_of(*access), {{"team", team}, {"repo", repository.name}});
    return true;
  };
  co_return co_await db_.write(std::move(job));
}

}  // namespace wharf::service
