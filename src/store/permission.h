#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"

/// Roles on one repository, given by name or to a team.
namespace wharf::store {

struct UserPermission {
  std::string name;
  std::optional<std::string> email;
  bool is_robot = false;
  bool is_member = false;  ///< In a team of the organization that owns the repository.
  int role = 0;            ///< A RepositoryRole.
};
BOOST_DESCRIBE_STRUCT(UserPermission, (), (name, email, is_robot, is_member, role))

struct TeamPermission {
  std::string name;
  int role = 0;  ///< A RepositoryRole.
};
BOOST_DESCRIBE_STRUCT(TeamPermission, (), (name, role))

/// A role on a repository, for whom it was given to.
struct GrantedRole {
  std::string repository;  ///< Its name within the namespace.
  bool is_public = false;
  int role = 0;  ///< A RepositoryRole.
};
BOOST_DESCRIBE_STRUCT(GrantedRole, (), (repository, is_public, role))

/// What was given to an account by name, or to a team; by repository.
std::vector<GrantedRole> list_roles_of_account(db::Tx& tx, std::int64_t account_id);
std::vector<GrantedRole> list_roles_of_team(db::Tx& tx, std::int64_t team_id);

/// By name; only what was given by name.
std::vector<UserPermission> list_user_permissions(db::Tx& tx, std::int64_t repository_id);
std::optional<UserPermission> find_user_permission(db::Tx& tx, std::int64_t repository_id, std::string_view name);
std::vector<TeamPermission> list_team_permissions(db::Tx& tx, std::int64_t repository_id);
std::optional<TeamPermission> find_team_permission(db::Tx& tx, std::int64_t repository_id, std::string_view team);
/// By name first, then one for each team; ranks.
std::vector<int> list_all_roles(db::Tx& tx, std::int64_t repository_id, std::int64_t account_id);

/// Gives the role, in place of the one there was.
void put_user_permission(db::Tx& tx, std::int64_t repository_id, std::int64_t account_id, int role);
void put_team_permission(db::Tx& tx, std::int64_t repository_id, std::int64_t team_id, int role);
/// False when there was none.
bool delete_user_permission(db::Tx& tx, std::int64_t repository_id, std::string_view name);
bool delete_team_permission(db::Tx& tx, std::int64_t repository_id, std::string_view team);

}  // namespace wharf::store
