#include "store/row_counts.h"

namespace wharf::store {

RowCounts count_rows(db::Tx& tx) {
  static const db::Query kRepositories{"count.repositories",
                                       "SELECT COUNT(*) FROM repository WHERE deleted_ms IS NULL"};
  static const db::Query kAccounts{"count.accounts",
                                   "SELECT COUNT(*) FROM account WHERE kind = $1 AND deleted_ms IS NULL"};
  const auto accounts = [&tx](const char* kind) { return tx.get<std::int64_t>(kAccounts, std::string(kind)); };
  return {.repositories = tx.get<std::int64_t>(kRepositories),
          .users = accounts("user"),
          .organizations = accounts("organization"),
          .robots = accounts("robot")};
}

}  // namespace wharf::store
