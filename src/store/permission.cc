#include "store/permission.h"

namespace wharf::store {
namespace {

#define WHARF_USER_PERMISSION_COLUMNS                                                          \
  "SELECT a.name, a.email, a.kind = 'robot', "                                                 \
  "       EXISTS (SELECT 1 FROM team_member m JOIN team t ON t.id = m.team_id "                \
  "                WHERE m.account_id = a.id AND t.organization_id = r.namespace_id), p.role " \
  "  FROM repository r JOIN repository_permission p ON p.repository_id = r.id "                \
  "  JOIN account a ON a.id = p.account_id "

#define WHARF_GRANTED_ROLE_COLUMNS                  \
  "SELECT r.name, r.visibility = 'public', p.role " \
  "  FROM repository_permission p JOIN repository r ON r.id = p.repository_id "

#define WHARF_TEAM_PERMISSION_COLUMNS \
  "SELECT t.name, p.role FROM repository_permission p JOIN team t ON t.id = p.team_id "

}  // namespace

std::vector<GrantedRole> list_roles_of_account(db::Tx& tx, std::int64_t account_id) {
  static const db::Query kList{"permission.of_account", WHARF_GRANTED_ROLE_COLUMNS
                               "WHERE p.account_id = $1 AND r.deleted_ms IS NULL ORDER BY r.name"};
  return tx.all<GrantedRole>(kList, account_id);
}

std::vector<GrantedRole> list_roles_of_team(db::Tx& tx, std::int64_t team_id) {
  static const db::Query kList{
      "permission.of_team", WHARF_GRANTED_ROLE_COLUMNS "WHERE p.team_id = $1 AND r.deleted_ms IS NULL ORDER BY r.name"};
  return tx.all<GrantedRole>(kList, team_id);
}

std::vector<UserPermission> list_user_permissions(db::Tx& tx, std::int64_t repository_id) {
  static const db::Query kList{"permission.users", WHARF_USER_PERMISSION_COLUMNS "WHERE r.id = $1 ORDER BY a.name"};
  return tx.all<UserPermission>(kList, repository_id);
}

std::optional<UserPermission> find_user_permission(db::Tx& tx, std::int64_t repository_id, std::string_view name) {
  static const db::Query kFind{"permission.user", WHARF_USER_PERMISSION_COLUMNS "WHERE r.id = $1 AND a.name = $2"};
  return tx.one<UserPermission>(kFind, repository_id, name);
}

std::vector<TeamPermission> list_team_permissions(db::Tx& tx, std::int64_t repository_id) {
  static const db::Query kList{"permission.teams",
                               WHARF_TEAM_PERMISSION_COLUMNS "WHERE p.repository_id = $1 ORDER BY t.name"};
  return tx.all<TeamPermission>(kList, repository_id);
}

std::optional<TeamPermission> find_team_permission(db::Tx& tx, std::int64_t repository_id, std::string_view team) {
  static const db::Query kFind{"permission.team",
                               WHARF_TEAM_PERMISSION_COLUMNS "WHERE p.repository_id = $1 AND t.name = $2"};
  return tx.one<TeamPermission>(kFind, repository_id, team);
}

std::vector<int> list_all_roles(db::Tx& tx, std::int64_t repository_id, std::int64_t account_id) {
  static const db::Query kList{"permission.transitive", R"(
    SELECT role FROM (
      SELECT 0 AS part, p.id, p.role FROM repository_permission p WHERE p.repository_id = $1 AND p.account_id = $2
      UNION ALL
      SELECT 1, p.id, p.role FROM team_member m JOIN repository_permission p ON p.team_id = m.team_id
       WHERE p.repository_id = $1 AND m.account_id = $2) AS every
    ORDER BY part, id)"};
  return tx.all<int>(kList, repository_id, account_id);
}

void put_user_permission(db::Tx& tx, std::int64_t repository_id, std::int64_t account_id, int role) {
  static const db::Query kPut{"permission.put_user", R"(
    INSERT INTO repository_permission (repository_id, account_id, role) VALUES ($1, $2, $3)
    ON CONFLICT (repository_id, account_id) DO UPDATE SET role = excluded.role)"};
  tx.run(kPut, repository_id, account_id, role);
}

void put_team_permission(db::Tx& tx, std::int64_t repository_id, std::int64_t team_id, int role) {
  static const db::Query kPut{"permission.put_team", R"(
    INSERT INTO repository_permission (repository_id, team_id, role) VALUES ($1, $2, $3)
    ON CONFLICT (repository_id, team_id) DO UPDATE SET role = excluded.role)"};
  tx.run(kPut, repository_id, team_id, role);
}

bool delete_user_permission(db::Tx& tx, std::int64_t repository_id, std::string_view name) {
  static const db::Query kDelete{"permission.delete_user", R"(
    DELETE FROM repository_permission
     WHERE repository_id = $1 AND account_id = (SELECT id FROM account WHERE name = $2))"};
  return tx.run(kDelete, repository_id, name) > 0;
}

bool delete_team_permission(db::Tx& tx, std::int64_t repository_id, std::string_view team) {
  static const db::Query kDelete{"permission.delete_team", R"(
    DELETE FROM repository_permission
     WHERE repository_id = $1
       AND team_id = (SELECT t.id FROM team t JOIN repository r ON r.namespace_id = t.organization_id
                       WHERE r.id = $1 AND t.name = $2))"};
  return tx.run(kDelete, repository_id, team) > 0;
}

}  // namespace wharf::store
