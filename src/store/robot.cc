#include "store/robot.h"

namespace wharf::store {
namespace {

#define WHARF_ROBOT_COLUMNS                                                                                 \
  "SELECT id, uuid, name, COALESCE(sealed_token, ''), description, metadata, created_ms, last_accessed_ms " \
  "  FROM account "

}  // namespace

std::optional<Robot> find_robot(db::Tx& tx, std::int64_t namespace_id, std::string_view full_name) {
  static const db::Query kFind{"robot.find",
                               WHARF_ROBOT_COLUMNS "WHERE owner_id = $1 AND name = $2 AND kind = 'robot'"};
  return tx.one<Robot>(kFind, namespace_id, full_name);
}

std::vector<Robot> list_robots(db::Tx& tx, std::int64_t namespace_id, std::int64_t limit) {
  static const db::Query kList{"robot.list", WHARF_ROBOT_COLUMNS
                               "WHERE owner_id = $1 AND kind = 'robot' "
                               "ORDER BY COALESCE(last_accessed_ms, -1) DESC, name LIMIT $2"};
  return tx.all<Robot>(kList, namespace_id, limit);
}

void insert_robot(db::Tx& tx, std::int64_t namespace_id, const Robot& wanted) {
  static const db::Query kInsert{"robot.insert", R"(
    INSERT INTO account (uuid, kind, name, owner_id, verified, sealed_token, description, metadata, created_ms)
    VALUES ($1, 'robot', $2, $3, TRUE, $4, $5, $6, $7))"};
  tx.run(kInsert, wanted.uuid, wanted.name, namespace_id, wanted.sealed_token, wanted.description, wanted.metadata,
         wanted.created_ms);
}

void set_robot_token(db::Tx& tx, std::int64_t robot_id, std::string_view sealed_token) {
  static const db::Query kSet{"robot.set_token", "UPDATE account SET sealed_token = $2 WHERE id = $1"};
  tx.run(kSet, robot_id, sealed_token);
}

void delete_robot(db::Tx& tx, std::int64_t robot_id) {
  static const db::Query kDelete{"robot.delete", "DELETE FROM account WHERE id = $1 AND kind = 'robot'"};
  tx.run(kDelete, robot_id);
}

std::vector<RobotLink> list_robot_teams(db::Tx& tx, std::int64_t namespace_id) {
  static const db::Query kList{"robot.teams", R"(
    SELECT a.id, t.name FROM account a JOIN team_member m ON m.account_id = a.id JOIN team t ON t.id = m.team_id
     WHERE a.owner_id = $1 AND a.kind = 'robot' ORDER BY a.id, t.name)"};
  return tx.all<RobotLink>(kList, namespace_id);
}

std::vector<RobotLink> list_robot_repositories(db::Tx& tx, std::int64_t namespace_id) {
  static const db::Query kList{"robot.repositories", R"(
    SELECT a.id, r.name FROM account a JOIN repository_permission p ON p.account_id = a.id
      JOIN repository r ON r.id = p.repository_id
     WHERE a.owner_id = $1 AND a.kind = 'robot' AND r.deleted_ms IS NULL ORDER BY a.id, r.name)"};
  return tx.all<RobotLink>(kList, namespace_id);
}

}  // namespace wharf::store
