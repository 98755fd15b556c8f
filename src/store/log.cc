#include "store/log.h"

namespace wharf::store {

void add_log_entry(db::Tx& tx, const NewLogEntry& entry) {
  static const db::Query kAdd{"log.add", R"(
    INSERT INTO log_entry (at_ms, kind, namespace_id, repository_id, performer_id, address, metadata, count)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8))"};
  tx.run(kAdd, entry.at_ms, entry.kind, entry.namespace_id, entry.repository_id, entry.performer_id, entry.address,
         entry.metadata, entry.count);
}

}  // namespace wharf::store
