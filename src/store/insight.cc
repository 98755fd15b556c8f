#include "store/insight.h"

namespace wharf::store {

BlobSum sum_blobs(db::Tx& tx, std::int64_t after_id, std::int64_t limit) {
  static const db::Query kSum{"insight.sum_blobs", R"(
    SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT), COALESCE(MAX(id), 0), COUNT(*)
      FROM (SELECT id, size_bytes FROM blob WHERE id > $1 ORDER BY id LIMIT $2) AS page)"};
  return tx.one<BlobSum>(kSum, after_id, limit).value_or(BlobSum{});
}

std::vector<NamespaceSize> namespace_sizes(db::Tx& tx, std::int64_t after_id, int limit) {
  static const db::Query kSizes{"insight.namespace_sizes", R"(
    SELECT n.id, n.kind, n.name,
           (SELECT COUNT(*) FROM repository r WHERE r.namespace_id = n.id AND r.deleted_ms IS NULL),
           (SELECT CAST(COALESCE(SUM(b.size_bytes), 0) AS BIGINT) FROM blob b
             WHERE b.id IN (SELECT m.blob_id FROM repository r JOIN manifest_blob m ON m.repository_id = r.id
                             WHERE r.namespace_id = n.id AND r.deleted_ms IS NULL))
      FROM account n
     WHERE n.id > $1 AND n.kind <> 'robot' AND n.deleted_ms IS NULL
     ORDER BY n.id LIMIT $2)"};
  return tx.all<NamespaceSize>(kSizes, after_id, limit);
}

std::vector<ImageFindings> image_findings(db::Tx& tx, std::int64_t after_id, int limit, Millis now) {
  static const db::Query kFindings{"insight.image_findings", R"(
    SELECT s.manifest_id, s.critical, s.high, s.medium, s.low, s.negligible, s.unknown, s.fixable, s.fixable_critical,
           EXISTS (SELECT 1 FROM tag t WHERE t.manifest_id = s.manifest_id AND t.end_ms > $3 AND NOT t.hidden)
             OR EXISTS (SELECT 1 FROM manifest_child c JOIN tag t ON t.manifest_id = c.manifest_id
                         WHERE c.child_id = s.manifest_id AND t.end_ms > $3 AND NOT t.hidden)
      FROM scan_report s WHERE s.manifest_id > $1 ORDER BY s.manifest_id LIMIT $2)"};
  return tx.all<ImageFindings>(kFindings, after_id, limit, now);
}

std::vector<TaggedImage> find_tagged_images(db::Tx& tx, std::span<const std::int64_t> manifest_ids, Millis now) {
  static const db::Query kFind{"insight.tagged_images", R"(
    SELECT m.id, n.name, r.name, m.digest,
           (SELECT t.name FROM tag t
             WHERE t.repository_id = r.id AND t.end_ms > $1 AND NOT t.hidden
               AND t.manifest_id IN (SELECT m.id UNION ALL
                                     SELECT c.manifest_id FROM manifest_child c WHERE c.child_id = m.id)
             ORDER BY t.start_ms DESC, t.name LIMIT 1)
      FROM manifest m
      JOIN repository r ON r.id = m.repository_id
      JOIN account n ON n.id = r.namespace_id
     WHERE m.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
       AND r.deleted_ms IS NULL AND n.deleted_ms IS NULL)"};
  std::vector<db::Value> values{db::to_value(now)};
  for (std::size_t i = 0; i < kMostTaggedImages; ++i) {
    values.push_back(db::to_value(i < manifest_ids.size() ? manifest_ids[i] : 0));
  }
  std::vector<TaggedImage> found;
  tx.visit(kFind, values, [&](db::RowReader& row) {
    found.push_back(row.as<TaggedImage>());
    return true;
  });
  return found;
}

}  // namespace wharf::store
