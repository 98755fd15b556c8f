#include "store/manifest.h"

#include "db/lock_slot.h"
#include "store/tag.h"

namespace wharf::store {
namespace {

// A tag that lives, or that moved on so lately that somebody may be pulling what it pointed to. Alias t.
#define WHARF_TAG_HOLDS(now) " t.end_ms > " now " - 3600000 AND (t.end_ms > " now " OR t.moved) "
static_assert(kMovedGraceMs == 3'600'000);

// Named by such a tag itself, or a child of an index that is. Alias m.
#define WHARF_MANIFEST_ALIVE(now) \
  "(EXISTS (SELECT 1 FROM tag t WHERE t.manifest_id = m.id AND " WHARF_TAG_HOLDS(now)                  \
  ") OR EXISTS (SELECT 1 FROM manifest_child c JOIN tag t ON t.manifest_id = c.manifest_id"            \
  "              WHERE c.child_id = m.id AND " WHARF_TAG_HOLDS(now) "))"

constexpr int kMostCollisions = 10;

struct ReferrerSize {
  std::int64_t id = 0;
  std::int64_t size_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(ReferrerSize, (), (id, size_bytes))

}  // namespace

std::optional<ManifestPull> find_manifest_by_tag(db::Tx& tx, const RepoName& name, std::string_view tag, Millis now) {
  static const db::Query kFind{"manifest.find_by_tag", R"(
    SELECT n.id, r.id, r.visibility = 'public', m.id, m.digest, m.media_type, TRUE
      FROM account n JOIN repository r ON r.namespace_id = n.id AND r.name = $2
      LEFT JOIN tag t ON t.repository_id = r.id AND t.name = $3 AND t.end_ms > $4 AND NOT t.hidden
      LEFT JOIN manifest m ON m.id = t.manifest_id
     WHERE n.name = $1 AND n.enabled ORDER BY t.end_ms DESC)"};
  return tx.one<ManifestPull>(kFind, name.ns, name.name, tag, now);
}

std::optional<ManifestPull> find_manifest_by_digest(db::Tx& tx, const RepoName& name, const Digest& digest,
                                                    Millis now) {
  static const db::Query kFind{"manifest.find_by_digest", R"(
    SELECT n.id, r.id, r.visibility = 'public', m.id, m.digest, m.media_type, )" WHARF_MANIFEST_ALIVE("$4") R"(
      FROM account n JOIN repository r ON r.namespace_id = n.id AND r.name = $2
      LEFT JOIN manifest m ON m.repository_id = r.id AND m.digest = $3
     WHERE n.name = $1 AND n.enabled)"};
  auto found = tx.one<ManifestPull>(kFind, name.ns, name.name, digest, now);
  if (found && found->manifest_id && !found->alive.value_or(false)) {
    found->alive = is_manifest_alive(tx, *found->manifest_id, now);
  }
  return found;
}

std::optional<std::string> manifest_content(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kRead{"manifest.content", "SELECT content FROM manifest WHERE id = $1"};
  auto bytes = tx.one<db::Bytes>(kRead, manifest_id);
  if (!bytes) return std::nullopt;
  return std::move(bytes->data);
}

bool is_manifest_alive(db::Tx& tx, std::int64_t manifest_id, Millis now) {
  static const db::Query kAlive{"manifest.alive", R"(
    WITH RECURSIVE above (id) AS (
      SELECT CAST($1 AS BIGINT)
       UNION SELECT c.manifest_id FROM manifest_child c JOIN above a ON c.child_id = a.id)
    SELECT 1 FROM above a JOIN tag t ON t.manifest_id = a.id WHERE )" WHARF_TAG_HOLDS("$2") " LIMIT 1"};
  return tx.one<std::int64_t>(kAlive, manifest_id, now).has_value();
}

std::optional<Manifest> find_manifest(db::Tx& tx, std::int64_t repository_id, const Digest& digest) {
  static const db::Query kFind{"manifest.find", R"(
    SELECT id, digest, media_type, is_list, layers_size_bytes, length(content)
      FROM manifest WHERE repository_id = $1 AND digest = $2)"};
  return tx.one<Manifest>(kFind, repository_id, digest);
}

std::optional<Manifest> find_visible_manifest(db::Tx& tx, std::int64_t repository_id, const Digest& digest,
                                              Millis now) {
  static const db::Query kFind{"manifest.find_visible", R"(
    SELECT m.id, m.digest, m.media_type, m.is_list, m.layers_size_bytes, length(m.content)
      FROM manifest m WHERE m.repository_id = $1 AND m.digest = $2
       AND (EXISTS (SELECT 1 FROM tag t WHERE t.manifest_id = m.id AND t.end_ms > $3 AND NOT t.hidden)
            OR EXISTS (SELECT 1 FROM manifest_child c JOIN tag t ON t.manifest_id = c.manifest_id
                        WHERE c.child_id = m.id AND t.end_ms > $3 AND NOT t.hidden)))"};
  return tx.one<Manifest>(kFind, repository_id, digest, now);
}

AddedManifest add_manifest(db::Tx& tx, const NewManifest& manifest, Millis now) {
  static const db::Query kAdd{"manifest.add", R"(
    INSERT INTO manifest (repository_id, digest, media_type, content, is_list, layers_size_bytes, config_media_type,
                          artifact_type, subject_digest, annotations, platform, created_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (repository_id, digest) DO NOTHING RETURNING id)"};
  const db::Bytes content{manifest.content};
  for (int attempt = 0; attempt < kMostCollisions; ++attempt) {
    const auto id = tx.one<std::int64_t>(kAdd, manifest.repository_id, manifest.digest, manifest.media_type, content,
                                         manifest.is_list, manifest.layers_size_bytes, manifest.config_media_type,
                                         manifest.artifact_type, manifest.subject_digest, manifest.annotations,
                                         manifest.platform, now);
    if (id) return {*id, true};
    // On PostgreSQL the row that stood in the way may be gone by now: the garbage collection deletes them.
    if (const auto found = find_manifest(tx, manifest.repository_id, manifest.digest)) return {found->id, false};
  }
  throw Accident({Errc::unavailable, "The manifest comes and goes; try again"});
}

void add_manifest_blobs(db::Tx& tx, std::int64_t manifest_id, std::int64_t repository_id,
                        const std::vector<std::int64_t>& blob_ids) {
  static const db::Query kAdd{"manifest.add_blob", R"(
    INSERT INTO manifest_blob (manifest_id, blob_id, repository_id) VALUES ($1, $2, $3)
    ON CONFLICT (manifest_id, blob_id) DO UPDATE SET hidden = FALSE)"};
  for (const auto blob_id : blob_ids) tx.run(kAdd, manifest_id, blob_id, repository_id);
}

void show_manifest_blobs(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kShow{"manifest.show_blobs", R"(
    WITH RECURSIVE below (id) AS (
      SELECT CAST($1 AS BIGINT)
       UNION SELECT c.child_id FROM manifest_child c JOIN below b ON c.manifest_id = b.id WHERE c.child_id IS NOT NULL)
    UPDATE manifest_blob SET hidden = FALSE WHERE manifest_id IN (SELECT id FROM below) AND hidden)"};
  tx.run(kShow, manifest_id);
}

void add_manifest_children(db::Tx& tx, std::int64_t manifest_id, const std::vector<NewChild>& children) {
  static const db::Query kAdd{"manifest.add_child", R"(
    INSERT INTO manifest_child (manifest_id, position, child_digest, child_id) VALUES ($1, $2, $3, $4))"};
  std::int64_t position = 0;
  for (const auto& child : children) tx.run(kAdd, manifest_id, position++, child.digest, child.id);
}

void lock_family(db::Tx& tx, std::int64_t repository_id, const std::vector<Digest>& digests) {
  // 64 locks a repository: an index of any length takes few.
  std::vector<std::string> shares;
  for (const auto& digest : digests) {
    const auto first = static_cast<unsigned>(digest.hex()[0]) * 16 + static_cast<unsigned>(digest.hex()[1]);
    shares.push_back("manifests " + std::to_string(repository_id) + ' ' + std::to_string(first % 64));
  }
  db::lock_all(tx, std::move(shares));
}

void adopt_orphan(db::Tx& tx, std::int64_t repository_id, const Digest& child, std::int64_t child_id) {
  static const db::Query kParents{"manifest.orphan_parents", R"(
    SELECT DISTINCT m.id FROM manifest m JOIN manifest_child c ON c.manifest_id = m.id
     WHERE m.repository_id = $1 AND m.is_list AND c.child_digest = $2 AND c.child_id IS NULL)"};
  static const db::Query kLink{"manifest.adopt", R"(
    UPDATE manifest_child SET child_id = $3 WHERE manifest_id = $1 AND child_digest = $2)"};
  static const db::Query kSize{"manifest.adopt_size", R"(
    UPDATE manifest SET layers_size_bytes =
           (SELECT COALESCE(sum(k.layers_size_bytes), 0)
              FROM manifest k WHERE k.id IN (SELECT c.child_id FROM manifest_child c WHERE c.manifest_id = $1))
     WHERE id = $1)"};
  for (const auto parent : tx.all<std::int64_t>(kParents, repository_id, child)) {
    tx.run(kLink, parent, child, child_id);
    tx.run(kSize, parent);
  }
}

std::optional<Referrer> find_referrer(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kFind{"manifest.referrer", R"(
    SELECT id, media_type, digest, length(content), COALESCE(artifact_type, config_media_type), annotations
      FROM manifest WHERE id = $1)"};
  return tx.one<Referrer>(kFind, manifest_id);
}

ReferrerPage list_referrers(db::Tx& tx, const ReferrerFilter& filter, Millis now) {
#define WHARF_REFERRERS(now)                                                 \
  "  FROM manifest m WHERE m.repository_id = $1 AND m.subject_digest = $2 "  \
  "   AND ($3 = '' OR COALESCE(m.artifact_type, m.config_media_type) = $3) " \
  "   AND m.id > $4 AND " WHARF_MANIFEST_ALIVE(now)
  // Sizes first: neither engine reads the bytes for them, and annotations can be as long as a manifest may be.
  static const db::Query kSizes{"manifest.referrer_sizes",
                                "SELECT m.id, length(m.content) " WHARF_REFERRERS("$5") " ORDER BY m.id LIMIT $6"};
  static const db::Query kList{"manifest.referrers",
                               "SELECT m.id, m.media_type, m.digest, length(m.content), "
                               "       COALESCE(m.artifact_type, m.config_media_type), m.annotations " WHARF_REFERRERS(
                                   "$5") " AND m.id <= $6 ORDER BY m.id"};
#undef WHARF_REFERRERS
  const auto sizes = tx.all<ReferrerSize>(kSizes, filter.repository_id, filter.subject, filter.artifact_type,
                                          filter.after_id, now, filter.limit + 1);
  ReferrerPage page;
  std::size_t count = 0;
  for (std::int64_t bytes = 0; count < sizes.size(); ++count) {
    bytes += sizes[count].size_bytes;
    if (count > 0 && (bytes > filter.limit_bytes || count == static_cast<std::size_t>(filter.limit))) break;
  }
  if (count == 0) return page;
  page.more = count < sizes.size();
  page.referrers = tx.all<Referrer>(kList, filter.repository_id, filter.subject, filter.artifact_type, filter.after_id,
                                    now, sizes[count - 1].id);
  return page;
}

}  // namespace wharf::store
