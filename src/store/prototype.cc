#include "store/prototype.h"

namespace wharf::store {
namespace {

#define WHARF_PROTOTYPE_COLUMNS                                                                                \
  "SELECT p.id, p.uuid, p.role, p.activating_account_id, p.delegate_account_id, "                              \
  "       (SELECT t.name FROM team t WHERE t.id = p.delegate_team_id) "                                        \
  "  FROM prototype p WHERE p.organization_id = $1 "                                                           \
  "   AND NOT EXISTS (SELECT 1 FROM account a WHERE a.id IN (p.activating_account_id, p.delegate_account_id) " \
  "                      AND a.deleted_ms IS NOT NULL) "

#define WHARF_PROTOTYPE_USER_COLUMNS                                            \
  "SELECT a.id, a.name, a.email, a.kind = 'robot', "                            \
  "       EXISTS (SELECT 1 FROM team_member m JOIN team t ON t.id = m.team_id " \
  "                WHERE m.account_id = a.id AND t.organization_id = $1) "      \
  "  FROM account a "

}  // namespace

std::vector<Prototype> list_prototypes(db::Tx& tx, std::int64_t organization_id) {
  static const db::Query kList{"prototype.list", WHARF_PROTOTYPE_COLUMNS "ORDER BY p.id"};
  return tx.all<Prototype>(kList, organization_id);
}

std::optional<Prototype> find_prototype(db::Tx& tx, std::int64_t organization_id, std::string_view uuid) {
  static const db::Query kFind{"prototype.find", WHARF_PROTOTYPE_COLUMNS "AND p.uuid = $2"};
  return tx.one<Prototype>(kFind, organization_id, uuid);
}

std::vector<PrototypeUser> list_prototype_users(db::Tx& tx, std::int64_t organization_id) {
  static const db::Query kList{"prototype.users", WHARF_PROTOTYPE_USER_COLUMNS R"(
     WHERE a.id IN (SELECT activating_account_id FROM prototype WHERE organization_id = $1
                    UNION SELECT delegate_account_id FROM prototype WHERE organization_id = $1))"};
  return tx.all<PrototypeUser>(kList, organization_id);
}

std::optional<PrototypeUser> find_prototype_user(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id) {
  static const db::Query kFind{"prototype.user", WHARF_PROTOTYPE_USER_COLUMNS "WHERE a.id = $2"};
  return tx.one<PrototypeUser>(kFind, organization_id, account_id);
}

void insert_prototype(db::Tx& tx, const NewPrototype& wanted) {
  static const db::Query kInsert{"prototype.insert", R"(
    INSERT INTO prototype (uuid, organization_id, activating_account_id, delegate_account_id, delegate_team_id, role)
    VALUES ($1, $2, $3, $4, $5, $6))"};
  tx.run(kInsert, wanted.uuid, wanted.organization_id, wanted.activating_id, wanted.delegate_id,
         wanted.delegate_team_id, wanted.role);
}

void set_prototype_role(db::Tx& tx, std::int64_t prototype_id, int role) {
  static const db::Query kSet{"prototype.set_role", "UPDATE prototype SET role = $2 WHERE id = $1"};
  tx.run(kSet, prototype_id, role);
}

void delete_prototype(db::Tx& tx, std::int64_t prototype_id) {
  static const db::Query kDelete{"prototype.delete", "DELETE FROM prototype WHERE id = $1"};
  tx.run(kDelete, prototype_id);
}

void apply_prototypes(db::Tx& tx, std::int64_t organization_id, std::int64_t repository_id, std::int64_t creator_id) {
  static const db::Query kUsers{"prototype.apply_to_users", R"(
    INSERT INTO repository_permission (repository_id, account_id, role)
    SELECT $2, p.delegate_account_id, max(p.role)
      FROM prototype p JOIN account a ON a.id = p.delegate_account_id AND a.deleted_ms IS NULL
     WHERE p.organization_id = $1 AND p.delegate_account_id <> $3
       AND (p.activating_account_id = $3
            OR (p.activating_account_id IS NULL
                AND NOT EXISTS (SELECT 1 FROM prototype s
                                 WHERE s.organization_id = $1 AND s.activating_account_id = $3
                                   AND s.delegate_account_id = p.delegate_account_id)))
     GROUP BY p.delegate_account_id)"};
  static const db::Query kTeams{"prototype.apply_to_teams", R"(
    INSERT INTO repository_permission (repository_id, team_id, role)
    SELECT $2, p.delegate_team_id, max(p.role)
      FROM prototype p
     WHERE p.organization_id = $1 AND p.delegate_team_id IS NOT NULL
       AND (p.activating_account_id = $3
            OR (p.activating_account_id IS NULL
                AND NOT EXISTS (SELECT 1 FROM prototype s
                                 WHERE s.organization_id = $1 AND s.activating_account_id = $3
                                   AND s.delegate_team_id = p.delegate_team_id)))
     GROUP BY p.delegate_team_id)"};
  tx.run(kUsers, organization_id, repository_id, creator_id);
  tx.run(kTeams, organization_id, repository_id, creator_id);
}

}  // namespace wharf::store
