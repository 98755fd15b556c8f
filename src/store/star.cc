#include "store/star.h"

namespace wharf::store {

void add_star(db::Tx& tx, std::int64_t account_id, std::int64_t repository_id, Millis now) {
  static const db::Query kAdd{"star.add", R"(
    INSERT INTO star (account_id, repository_id, created_ms) VALUES ($1, $2, $3)
    ON CONFLICT (account_id, repository_id) DO NOTHING)"};
  tx.run(kAdd, account_id, repository_id, now);
}

void delete_star(db::Tx& tx, std::int64_t account_id, const RepoName& repository) {
  static const db::Query kDelete{"star.delete", R"(
    DELETE FROM star
     WHERE account_id = $1
       AND repository_id = (SELECT r.id FROM account n JOIN repository r ON r.namespace_id = n.id
                             WHERE n.name = $2 AND r.name = $3))"};
  tx.run(kDelete, account_id, repository.ns, repository.name);
}

}  // namespace wharf::store
