#include "store/gc.h"

#include <algorithm>

#include "store/access.h"
#include "store/gc_rows.h"
#include "store/gc_tag_due.h"

namespace wharf::store {
namespace {

struct TagRow {
  std::int64_t id = 0;
  std::int64_t manifest_id = 0;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(TagRow, (), (id, manifest_id, name))

struct LinkRow {
  std::int64_t repository_id = 0;
  std::int64_t blob_id = 0;
};
BOOST_DESCRIBE_STRUCT(LinkRow, (), (repository_id, blob_id))

/// What a walk needs to know of its next part: the last id of it.
std::int64_t page_end(db::Tx& tx, const db::Query& query, std::int64_t after_id, int limit) {
  return tx.one<std::optional<std::int64_t>>(query, after_id, limit).value_or(std::nullopt).value_or(0);
}

template <class T>
void sort_unique(std::vector<T>& items) {
  std::ranges::sort(items);
  items.erase(std::ranges::unique(items).begin(), items.end());
}

}  // namespace

std::int64_t Freed::rows() const {
  return tags + manifests + manifest_blobs + manifest_children + repository_blobs + blobs + repositories + namespaces +
         others;
}

Freed& Freed::operator+=(const Freed& other) {
  tags += other.tags;
  manifests += other.manifests;
  manifest_blobs += other.manifest_blobs;
  manifest_children += other.manifest_children;
  repository_blobs += other.repository_blobs;
  blobs += other.blobs;
  bytes += other.bytes;
  repositories += other.repositories;
  namespaces += other.namespaces;
  others += other.others;
  strays += other.strays;
  return *this;
}

void lock_collection(db::Tx& tx) { tx.lock("collection"); }

Found find_repositories_with_due_tags(db::Tx& tx, std::int64_t after_id, int limit, TagRules rules, Millis now) {
  static const db::Query kEnd{"gc.repositories_end", R"(
    SELECT max(id) FROM (SELECT id FROM repository WHERE id > $1 ORDER BY id LIMIT $2) p)"};
  static const db::Query kDue{"gc.repositories_due", R"(
    SELECT r.id FROM repository r JOIN account n ON n.id = r.namespace_id
     WHERE r.id > $1 AND r.id <= $2 AND r.deleted_ms IS NULL AND n.enabled
       AND EXISTS (SELECT 1 FROM tag t WHERE t.repository_id = r.id AND )" WHARF_TAG_DUE("$3", "n.tag_expiration_s",
                                                                                         "$4") R"()
     ORDER BY r.id)"};
  Found found;
  found.next = page_end(tx, kEnd, after_id, limit);
  if (found.next == 0) return found;
  found.ids = tx.all<std::int64_t>(kDue, after_id, found.next, now, rules.immutable_tags_can_expire);
  return found;
}

Freed delete_due_tags(db::Tx& tx, std::int64_t repository_id, Budget budget, TagRules rules, Millis now) {
#define WHARF_DUE                                                                                 \
  "WITH due AS MATERIALIZED (SELECT t.id FROM tag t JOIN repository r ON r.id = t.repository_id " \
  "  JOIN account n ON n.id = r.namespace_id "                                                    \
  " WHERE t.repository_id = $1 AND r.deleted_ms IS NULL AND n.enabled "                           \
  "   AND t.end_ms <= $2 AND " WHARF_TAG_DUE("$2", "n.tag_expiration_s", "$3") " ORDER BY t.end_ms LIMIT $4 "
#define WHARF_DELETE_DUE ") DELETE FROM tag WHERE id IN (SELECT id FROM due) RETURNING id, manifest_id, name"
  static const db::Query kDelete{"gc.delete_due_tags", WHARF_DUE WHARF_DELETE_DUE};
  static const db::Query kDeletePg{"gc.delete_due_tags", WHARF_DUE "FOR UPDATE OF t SKIP LOCKED" WHARF_DELETE_DUE};
#undef WHARF_DUE
#undef WHARF_DELETE_DUE
  // How often a tag was pulled is told for its name, as long as there is a generation of it.
  static const db::Query kPulls{"gc.delete_tag_pulls",
                                "DELETE FROM tag_pulls WHERE repository_id = $1 AND name IN " WHARF_FROM_2
                                " AND NOT EXISTS (SELECT 1 FROM tag t WHERE t.repository_id = $1 "
                                "                  AND t.name = tag_pulls.name)"};
  Freed freed;
  const auto gone = tx.all<TagRow>(for_engine(tx, kDelete, kDeletePg), repository_id, now,
                                   rules.immutable_tags_can_expire, budget.left());
  freed.tags = std::ssize(gone);
  std::vector<std::int64_t> manifests;
  std::vector<std::string> names;
  for (const auto& row : gone) {
    manifests.push_back(row.manifest_id);
    if (!row.name.starts_with('$')) names.push_back(row.name);
  }
  sort_unique(manifests);
  sort_unique(names);
  queue_manifests(tx, manifests);
  freed.others = run_by_sixteen(tx, kPulls, names, repository_id);
  return freed;
}

Freed delete_expired_links(db::Tx& tx, Budget budget, Millis now) {
#define WHARF_OLD                                                                   \
  "WITH old AS MATERIALIZED (SELECT repository_id, blob_id FROM repository_blob l " \
  " WHERE l.expires_ms <= $1 ORDER BY l.expires_ms LIMIT $2 "
#define WHARF_DELETE_OLD                                             \
  ") DELETE FROM repository_blob WHERE (repository_id, blob_id) IN " \
  "  (SELECT repository_id, blob_id FROM old) AND expires_ms <= $1 RETURNING repository_id, blob_id"
  static const db::Query kDelete{"gc.delete_links", WHARF_OLD WHARF_DELETE_OLD};
  static const db::Query kDeletePg{"gc.delete_links", WHARF_OLD "FOR UPDATE OF l SKIP LOCKED" WHARF_DELETE_OLD};
#undef WHARF_OLD
#undef WHARF_DELETE_OLD
  Freed freed;
  std::vector<std::int64_t> blobs;
  for (const auto& row : tx.all<LinkRow>(for_engine(tx, kDelete, kDeletePg), now, budget.left())) {
    blobs.push_back(row.blob_id);
    ++freed.repository_blobs;
  }
  sort_unique(blobs);
  queue_blobs(tx, blobs);
  return freed;
}

void queue_manifests(db::Tx& tx, const std::vector<std::int64_t>& manifest_ids) {
  static const db::Query kAdd{"gc.queue_manifests", R"(
    INSERT INTO orphan_manifest (manifest_id) VALUES ($1),($2),($3),($4),($5),($6),($7),($8),($9),($10),($11),($12),
      ($13),($14),($15),($16) ON CONFLICT (manifest_id) DO NOTHING)"};
  run_by_sixteen(tx, kAdd, manifest_ids);
}

void queue_blobs(db::Tx& tx, const std::vector<std::int64_t>& blob_ids) {
  static const db::Query kAdd{"gc.queue_blobs", R"(
    INSERT INTO orphan_blob (blob_id) VALUES ($1),($2),($3),($4),($5),($6),($7),($8),($9),($10),($11),($12),
      ($13),($14),($15),($16) ON CONFLICT (blob_id) DO NOTHING)"};
  run_by_sixteen(tx, kAdd, blob_ids);
}

Found find_unheld_manifests(db::Tx& tx, std::int64_t after_id, int limit) {
  static const db::Query kEnd{"gc.manifests_end", R"(
    SELECT max(id) FROM (SELECT id FROM manifest WHERE id > $1 ORDER BY id LIMIT $2) p)"};
  static const db::Query kUnheld{"gc.unheld_manifests", R"(
    SELECT m.id FROM manifest m
     WHERE m.id > $1 AND m.id <= $2 AND NOT EXISTS (SELECT 1 FROM tag t WHERE t.manifest_id = m.id)
       AND NOT EXISTS (SELECT 1 FROM manifest_child c WHERE c.child_id = m.id)
       AND NOT EXISTS (SELECT 1 FROM orphan_manifest o WHERE o.manifest_id = m.id))"};
  Found found;
  found.next = page_end(tx, kEnd, after_id, limit);
  if (found.next != 0) found.ids = tx.all<std::int64_t>(kUnheld, after_id, found.next);
  return found;
}

Found find_unheld_blobs(db::Tx& tx, std::int64_t after_id, int limit) {
  static const db::Query kEnd{"gc.blobs_end", R"(
    SELECT max(id) FROM (SELECT id FROM blob WHERE id > $1 ORDER BY id LIMIT $2) p)"};
  static const db::Query kUnheld{"gc.unheld_blobs", R"(
    SELECT b.id FROM blob b
     WHERE b.id > $1 AND b.id <= $2 AND NOT EXISTS (SELECT 1 FROM manifest_blob l WHERE l.blob_id = b.id)
       AND NOT EXISTS (SELECT 1 FROM repository_blob l WHERE l.blob_id = b.id)
       AND NOT EXISTS (SELECT 1 FROM orphan_blob o WHERE o.blob_id = b.id))"};
  Found found;
  found.next = page_end(tx, kEnd, after_id, limit);
  if (found.next != 0) found.ids = tx.all<std::int64_t>(kUnheld, after_id, found.next);
  return found;
}

bool take_collection(db::Tx& tx, const std::string& holder, Millis until, Millis now) {
  static const db::Query kTake{"gc.take", R"(
    UPDATE collection SET holder = $1, lease_ms = $2 WHERE id = 1 AND (lease_ms <= $3 OR holder = $1))"};
  return tx.run(kTake, holder, until, now) > 0;
}

}  // namespace wharf::store
