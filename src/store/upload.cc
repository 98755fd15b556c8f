#include "store/upload.h"

namespace wharf::store {

void add_upload(db::Tx& tx, const Upload& upload, Millis now) {
  static const db::Query kAdd{"upload.add", R"(
    INSERT INTO upload (id, repository_id, size_bytes, hash, backend, created_ms, updated_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $6))"};
  tx.run(kAdd, upload.id, upload.repository_id, upload.size_bytes, upload.hash, upload.backend, now);
}

std::optional<Upload> find_upload(db::Tx& tx, std::int64_t repository_id, const std::string& id) {
  static const db::Query kFind{"upload.find", R"(
    SELECT id, repository_id, size_bytes, hash, backend FROM upload WHERE id = $1 AND repository_id = $2)"};
  return tx.one<Upload>(kFind, id, repository_id);
}

bool advance_upload(db::Tx& tx, const Upload& upload, std::int64_t old_size_bytes, Millis now) {
  static const db::Query kAdvance{"upload.advance", R"(
    UPDATE upload SET size_bytes = $3, hash = $4, backend = $5, updated_ms = $6
     WHERE id = $1 AND size_bytes = $2)"};
  return tx.run(kAdvance, upload.id, old_size_bytes, upload.size_bytes, upload.hash, upload.backend, now) == 1;
}

bool has_upload(db::Tx& tx, const std::string& id) {
  static const db::Query kHas{"upload.has", "SELECT COUNT(*) FROM upload WHERE id = $1"};
  return tx.get<std::int64_t>(kHas, id) > 0;
}

std::vector<LeftUpload> remove_stale_uploads(db::Tx& tx, Millis before_ms, int most) {
  static const db::Query kRemove{"upload.remove_stale", R"(
    DELETE FROM upload WHERE id IN (SELECT id FROM upload WHERE updated_ms < $1 ORDER BY updated_ms LIMIT $2)
    RETURNING id, backend)"};
  return tx.all<LeftUpload>(kRemove, before_ms, most);
}

bool remove_upload(db::Tx& tx, const std::string& id) {
  static const db::Query kRemove{"upload.remove", "DELETE FROM upload WHERE id = $1"};
  return tx.run(kRemove, id) == 1;
}

bool remove_upload_at(db::Tx& tx, const std::string& id, std::int64_t size_bytes) {
  static const db::Query kRemove{"upload.remove_at", "DELETE FROM upload WHERE id = $1 AND size_bytes = $2"};
  return tx.run(kRemove, id, size_bytes) == 1;
}

}  // namespace wharf::store
