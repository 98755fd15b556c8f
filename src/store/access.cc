#include "store/access.h"

namespace wharf::store {

std::optional<AccessRow> find_access(db::Tx& tx, std::int64_t account_id, const RepoName& name) {
  static const db::Query kFind{"access.find", R"(
    SELECT n.id, n.kind, n.enabled, r.id, COALESCE(r.visibility, ''), COALESCE(r.state, ''), COALESCE(r.kind, ''),
           COALESCE((SELECT max(p.role) FROM repository_permission p
                      WHERE p.repository_id = r.id AND p.account_id = $1), 0),
           COALESCE((SELECT max(p.role) FROM team_member m JOIN repository_permission p ON p.team_id = m.team_id
                      WHERE m.account_id = $1 AND p.repository_id = r.id), 0),
           COALESCE((SELECT max(t.role) FROM team_member m JOIN team t ON t.id = m.team_id
                      WHERE m.account_id = $1 AND t.organization_id = n.id), 0)
      FROM account n
      LEFT JOIN repository r ON r.namespace_id = n.id AND r.name = $3
     WHERE n.name = $2 AND n.kind <> 'robot' AND n.deleted_ms IS NULL)"};
  return tx.one<AccessRow>(kFind, account_id, name.ns, name.name);
}

}  // namespace wharf::store
