#include "store/tag_detail.h"

#include <iterator>

namespace wharf::store {
namespace {

/// Runs `query` for ten ids at a time. The last statement is filled up with its first id again: one prepared statement
/// for every count. `more` are its parameters after the ids.
template <class Row, class... More>
std::vector<Row> in_tens(db::Tx& tx, const db::Query& query, const std::vector<std::int64_t>& ids, More... more) {
  constexpr std::size_t kIdsAStatement = 10;
  std::vector<Row> all;
  for (std::size_t at = 0; at < ids.size(); at += kIdsAStatement) {
    const auto id = [&](std::size_t i) { return ids[at + i < ids.size() ? at + i : at]; };
    auto rows = tx.all<Row>(query, id(0), id(1), id(2), id(3), id(4), id(5), id(6), id(7), id(8), id(9), more...);
    all.insert(all.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
  }
  return all;
}

#define WHARF_TEN_IDS " IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "

}  // namespace

std::vector<TagUse> list_tag_uses(db::Tx& tx, const std::vector<std::int64_t>& tag_ids, Millis now) {
  static const db::Query kUses{"tag_detail.uses", R"(
    SELECT t.id, COALESCE(p.pulls, 0), COALESCE(p.last_ms, 0),
           EXISTS (SELECT 1 FROM manifest x
                    WHERE x.repository_id = t.repository_id AND x.subject_digest = m.digest
                      AND (x.artifact_type LIKE '%cosign.artifact.sig%' OR x.artifact_type LIKE '%notary.signature%'
                           OR x.artifact_type LIKE '%sigstore.bundle%'))
           OR EXISTS (SELECT 1 FROM tag s
                       WHERE s.repository_id = t.repository_id AND s.name = replace(m.digest, ':', '-') || '.sig'
                         AND s.end_ms > $11 AND NOT s.hidden)
      FROM tag t JOIN manifest m ON m.id = t.manifest_id
      LEFT JOIN tag_pulls p ON p.repository_id = t.repository_id AND p.name = t.name
     WHERE t.id)" WHARF_TEN_IDS};
  return in_tens<TagUse>(tx, kUses, tag_ids, now);
}

std::vector<FindingCounts> list_finding_counts(db::Tx& tx, const std::vector<std::int64_t>& manifest_ids) {
  static const db::Query kCounts{"tag_detail.findings",
                                 "SELECT x.manifest_id, "
                                 "       max(CASE s.status WHEN 'scanned' THEN 3 WHEN 'queued' THEN 2 "
                                 "                         WHEN 'failed' THEN 1 ELSE 0 END), "
                                 "       COALESCE(max(r.critical), 0), COALESCE(max(r.high), 0), "
                                 "       COALESCE(max(r.medium), 0), COALESCE(max(r.low), 0), "
                                 "       COALESCE(max(r.negligible), 0), COALESCE(max(r.unknown), 0), "
                                 "       COALESCE(max(r.fixable), 0) "
                                 "  FROM (SELECT id AS manifest_id, id AS part_id FROM manifest WHERE id" WHARF_TEN_IDS
                                 "        UNION ALL "
                                 "        SELECT manifest_id, child_id FROM manifest_child "
                                 "         WHERE child_id IS NOT NULL AND manifest_id" WHARF_TEN_IDS
                                 ") x "
                                 "  LEFT JOIN scan s ON s.manifest_id = x.part_id "
                                 "  LEFT JOIN scan_report r ON r.manifest_id = x.part_id "
                                 " GROUP BY x.manifest_id"};
  return in_tens<FindingCounts>(tx, kCounts, manifest_ids);
}

std::vector<ManifestText> list_manifest_texts(db::Tx& tx, const std::vector<std::int64_t>& manifest_ids) {
  static const db::Query kTexts{"tag_detail.texts", "SELECT id, content FROM manifest WHERE id" WHARF_TEN_IDS};
  return in_tens<ManifestText>(tx, kTexts, manifest_ids);
}

std::vector<ManifestPlatform> list_platforms(db::Tx& tx, const std::vector<std::int64_t>& manifest_ids) {
  static const db::Query kPlatforms{
      "tag_detail.platforms", "SELECT id, digest, platform FROM manifest WHERE platform <> '' AND id" WHARF_TEN_IDS};
  return in_tens<ManifestPlatform>(tx, kPlatforms, manifest_ids);
}

}  // namespace wharf::store
