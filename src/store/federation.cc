#include "store/federation.h"

namespace wharf::store {

std::vector<FederationRule> list_federation(db::Tx& tx, std::int64_t robot_id) {
  static const db::Query kList{"federation.list",
                               "SELECT issuer, subject FROM robot_federation WHERE account_id = $1 ORDER BY position"};
  return tx.all<FederationRule>(kList, robot_id);
}

void set_federation(db::Tx& tx, std::int64_t robot_id, const std::vector<FederationRule>& rules) {
  static const db::Query kClear{"federation.clear", "DELETE FROM robot_federation WHERE account_id = $1"};
  static const db::Query kInsert{"federation.insert", R"(
    INSERT INTO robot_federation (account_id, position, issuer, subject) VALUES ($1, $2, $3, $4))"};
  tx.run(kClear, robot_id);
  std::int64_t position = 0;
  for (const auto& rule : rules) tx.run(kInsert, robot_id, position++, rule.issuer, rule.subject);
}

}  // namespace wharf::store
