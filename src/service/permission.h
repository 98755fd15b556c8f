#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/names.h"
#include "db/database.h"
#include "service/avatar.h"
#include "service/roles.h"

namespace wharf::service {

struct UserPermissionView {
  Role role = Role::read;
  std::string name;
  bool is_robot = false;
  Avatar avatar;
  std::optional<bool> is_org_member;  ///< Where the namespace is an organization; robots count as members.
};
BOOST_DESCRIBE_STRUCT(UserPermissionView, (), (role, name, is_robot, avatar, is_org_member))

struct TeamPermissionView {
  Role role = Role::read;
  std::string name;
  Avatar avatar;
};
BOOST_DESCRIBE_STRUCT(TeamPermissionView, (), (role, name, avatar))

struct RoleView {
  Role role = Role::read;
};
BOOST_DESCRIBE_STRUCT(RoleView, (), (role))

struct UserPermissions {
  std::map<std::string, UserPermissionView> permissions;
};
BOOST_DESCRIBE_STRUCT(UserPermissions, (), (permissions))

struct TeamPermissions {
  std::map<std::string, TeamPermissionView> permissions;
};
BOOST_DESCRIBE_STRUCT(TeamPermissions, (), (permissions))

struct TransitivePermissions {
  std::vector<RoleView> permissions;
};
BOOST_DESCRIBE_STRUCT(TransitivePermissions, (), (permissions))

/// Who may do what in one repository, for its admins; a read-only superuser may look.
///
/// Every method refuses first who may not (unauthenticated, denied), then a repository that is not there
/// (repo_unknown). Source: Quay, "permission".
class PermissionService {
 public:
  explicit PermissionService(db::Database& database) : db_(database) {}

  /// Whether the caller may see (`looking`) or change what admins do, by role alone: the repository need not be there.
  awaitable<Result<bool>> check_admin(auth::Principal who, RepoName repository, bool looking);

  /// Users and robots that were given a role by name.
  awaitable<Result<UserPermissions>> list_users(auth::Principal who, RepoName repository);
  awaitable<Result<TeamPermissions>> list_teams(auth::Principal who, RepoName repository);

  /// Errors: invalid_request when they have no role by name.
  awaitable<Result<UserPermissionView>> get_user(auth::Principal who, RepoName repository, std::string username);
  awaitable<Result<RoleView>> get_team(auth::Principal who, RepoName repository, std::string team);
  /// By name first, then by each team. Errors: not_found when there is none.
  awaitable<Result<TransitivePermissions>> get_transitive(auth::Principal who, RepoName repository,
                                                          std::string username);

  /// `role` may be the body's error: it is told only to those who may. Errors: invalid_request for the owner of the
  /// namespace, unknown names, organizations, and robots of another namespace.
  awaitable<Result<UserPermissionView>> put_user(auth::Principal who, RepoName repository, std::string username,
                                                 Result<Role> role);
  /// Errors: invalid_request for a team that is not of the repository's organization.
  awaitable<Result<TeamPermissionView>> put_team(auth::Principal who, RepoName repository, std::string team,
                                                 Result<Role> role);

  /// Errors: invalid_request when there is no such row.
  awaitable<Result<bool>> delete_user(auth::Principal who, RepoName repository, std::string username);
  awaitable<Result<bool>> delete_team(auth::Principal who, RepoName repository, std::string team);

 private:
  db::Database& db_;
};

}  // namespace wharf::service
