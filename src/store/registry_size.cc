#include "store/registry_size.h"

namespace wharf::store {

RegistrySize find_registry_size(db::Tx& tx) {
  static const db::Query kFind{"registry_size.find",
                               "SELECT size_bytes, ran_ms, queued, lease_ms FROM registry_size WHERE id = 1"};
  return tx.one<RegistrySize>(kFind).value_or(RegistrySize{});
}

bool queue_registry_size(db::Tx& tx) {
  static const db::Query kQueue{"registry_size.queue",
                                "UPDATE registry_size SET queued = TRUE WHERE id = 1 AND NOT queued"};
  return tx.run(kQueue) > 0;
}

bool take_registry_size(db::Tx& tx, Millis now, Millis lease_ms) {
  static const db::Query kTake{"registry_size.take",
                               "UPDATE registry_size SET lease_ms = $2 WHERE id = 1 AND queued AND lease_ms <= $1"};
  return tx.run(kTake, now, lease_ms) > 0;
}

bool extend_registry_size(db::Tx& tx, Millis old_lease_ms, Millis lease_ms) {
  static const db::Query kExtend{"registry_size.extend",
                                 "UPDATE registry_size SET lease_ms = $2 WHERE id = 1 AND lease_ms = $1"};
  return tx.run(kExtend, old_lease_ms, lease_ms) > 0;
}

bool finish_registry_size(db::Tx& tx, Millis lease_ms, std::int64_t size_bytes, Millis now) {
  static const db::Query kFinish{"registry_size.finish", R"(
    UPDATE registry_size SET size_bytes = $2, ran_ms = $3, queued = FALSE, lease_ms = 0
     WHERE id = 1 AND lease_ms = $1)"};
  return tx.run(kFinish, lease_ms, size_bytes, now) > 0;
}

BlobSum sum_blobs(db::Tx& tx, std::int64_t after_id, std::int64_t limit) {
  static const db::Query kSum{"registry_size.sum_blobs", R"(
    SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT), COALESCE(MAX(id), 0), COUNT(*)
      FROM (SELECT id, size_bytes FROM blob WHERE id > $1 ORDER BY id LIMIT $2) AS page)"};
  return tx.one<BlobSum>(kSum, after_id, limit).value_or(BlobSum{});
}

}  // namespace wharf::store
