#include "store/blob.h"

#include "store/gc.h"
#include "store/manifest.h"

namespace wharf::store {
namespace {

// A blob is seen in a repository through a manifest there or through an upload of late. Alias b, repository `repo`.
#define WHARF_BLOB_VISIBLE(repo, now)                                           \
  "(EXISTS (SELECT 1 FROM manifest_blob mb WHERE mb.repository_id = " repo      \
  "          AND mb.blob_id = b.id AND NOT mb.hidden)"                          \
  " OR EXISTS (SELECT 1 FROM repository_blob rb WHERE rb.repository_id = " repo \
  "             AND rb.blob_id = b.id AND rb.expires_ms > " now "))"

constexpr std::size_t kDigestsAStatement = 16;
#define WHARF_SIXTEEN "($3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)"

}  // namespace

bool has_blobs(db::Tx& tx) {
  static const db::Query kNewest{"blob.newest", "SELECT MAX(id) FROM blob"};
  return tx.get<std::optional<std::int64_t>>(kNewest).has_value();
}

std::optional<BlobPull> find_blob_for_pull(db::Tx& tx, const RepoName& name, const Digest& digest, Millis now) {
  static const db::Query kFind{"blob.find_for_pull", R"(
    SELECT r.id, r.visibility = 'public', b.digest, b.size_bytes, b.place
      FROM account n JOIN repository r ON r.namespace_id = n.id AND r.name = $2
      LEFT JOIN blob b ON b.digest = $3 AND )" WHARF_BLOB_VISIBLE("r.id", "$4") R"(
     WHERE n.name = $1 AND n.enabled)"};
  static const db::Query kFindAlias{"blob.find_alias_for_pull", R"(
    SELECT r.id, r.visibility = 'public', b.digest, b.size_bytes, b.place
      FROM account n JOIN repository r ON r.namespace_id = n.id AND r.name = $2
      LEFT JOIN blob_alias a ON a.digest = $3
      LEFT JOIN blob b ON b.id = a.blob_id AND )" WHARF_BLOB_VISIBLE("r.id", "$4") R"(
     WHERE n.name = $1 AND n.enabled)"};
  return tx.one<BlobPull>(digest.is_sha256() ? kFind : kFindAlias, name.ns, name.name, digest, now);
}

std::vector<BlobPull> blobs_of_manifest(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kList{"blob.of_manifest", R"(
    SELECT mb.repository_id, FALSE, b.digest, b.size_bytes, b.place
      FROM manifest_blob mb JOIN blob b ON b.id = mb.blob_id
     WHERE mb.manifest_id = $1 AND NOT mb.hidden LIMIT 1000)"};
  return tx.all<BlobPull>(kList, manifest_id);
}

std::optional<StoredBlob> find_stored_blob(db::Tx& tx, const Digest& digest) {
  static const db::Query kFind{"blob.stored", "SELECT digest, place FROM blob WHERE digest = $1"};
  static const db::Query kFindAlias{"blob.stored_alias", R"(
    SELECT b.digest, b.place FROM blob_alias a JOIN blob b ON b.id = a.blob_id WHERE a.digest = $1)"};
  return tx.one<StoredBlob>(digest.is_sha256() ? kFind : kFindAlias, digest);
}

std::vector<VisibleBlob> find_visible_blobs(db::Tx& tx, std::int64_t repository_id, const std::vector<Digest>& digests,
                                            Millis now) {
  static const db::Query kFind{"blob.find_visible",
                               "SELECT b.id, b.digest, b.size_bytes FROM blob b "
                               " WHERE b.digest IN " WHARF_SIXTEEN " AND " WHARF_BLOB_VISIBLE("$1", "$2")};
  static const db::Query kFindAlias{"blob.find_visible_alias",
                                    "SELECT b.id, a.digest, b.size_bytes FROM blob_alias a "
                                    "  JOIN blob b ON b.id = a.blob_id "
                                    " WHERE a.digest IN " WHARF_SIXTEEN " AND " WHARF_BLOB_VISIBLE("$1", "$2")};
  std::vector<VisibleBlob> found;
  for (const bool sha256 : {true, false}) {
    std::vector<std::string> wanted;
    for (const auto& digest : digests) {
      if (digest.is_sha256() == sha256) wanted.push_back(digest.text());
    }
    // The last statement is filled up with its first digest again: one prepared statement for every count.
    for (std::size_t at = 0; at < wanted.size(); at += kDigestsAStatement) {
      const auto item = [&](std::size_t i) -> const std::string& {
        return at + i < wanted.size() ? wanted[at + i] : wanted[at];
      };
      auto rows = tx.all<VisibleBlob>(sha256 ? kFind : kFindAlias, repository_id, now, item(0), item(1), item(2),
                                      item(3), item(4), item(5), item(6), item(7), item(8), item(9), item(10), item(11),
                                      item(12), item(13), item(14), item(15));
      found.insert(found.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    }
  }
  return found;
}

std::optional<VisibleBlob> find_public_blob(db::Tx& tx, const Digest& digest) {
  static const db::Query kFind{"blob.find_public", R"(
    SELECT b.id, b.digest, b.size_bytes FROM blob b
     WHERE b.digest = $1 AND EXISTS (
           SELECT 1 FROM manifest_blob mb JOIN repository r ON r.id = mb.repository_id
             JOIN account n ON n.id = r.namespace_id
            WHERE mb.blob_id = b.id AND NOT mb.hidden AND r.visibility = 'public' AND n.enabled))"};
  return tx.one<VisibleBlob>(kFind, digest);
}

BlobRecord add_blob_at(db::Tx& tx, const Digest& sha256, std::int64_t size_bytes, const BlobPlace& where, Millis now) {
  // DO UPDATE, not DO NOTHING: the row comes back, and on PostgreSQL it is locked against a clean-up that would
  // remove it at this moment.
  static const db::Query kAdd{"blob.add", R"(
    INSERT INTO blob (digest, size_bytes, created_ms, place) VALUES ($1, $2, $3, $4)
    ON CONFLICT (digest) DO UPDATE SET size_bytes = excluded.size_bytes,
      place = CASE WHEN blob.place = $5 THEN excluded.place ELSE blob.place END
    RETURNING id, place)"};
  // No place is named like this.
  return tx.get<BlobRecord>(kAdd, sha256, size_bytes, now, where.place, where.instead_of.value_or("-"));
}

std::int64_t add_blob(db::Tx& tx, const Digest& sha256, std::int64_t size_bytes, Millis now) {
  return add_blob_at(tx, sha256, size_bytes, {}, now).id;
}

void add_blob_alias(db::Tx& tx, const Digest& digest, std::int64_t blob_id) {
  static const db::Query kAdd{"blob.add_alias", R"(
    INSERT INTO blob_alias (digest, blob_id) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING)"};
  tx.run(kAdd, digest, blob_id);
}

void link_blob(db::Tx& tx, std::int64_t repository_id, std::int64_t blob_id, Millis expires) {
  static const db::Query kLink{"blob.link", R"(
    INSERT INTO repository_blob (repository_id, blob_id, expires_ms) VALUES ($1, $2, $3)
    ON CONFLICT (repository_id, blob_id) DO UPDATE SET expires_ms = excluded.expires_ms
      WHERE excluded.expires_ms > repository_blob.expires_ms)"};
  tx.run(kLink, repository_id, blob_id, expires);
}

bool unlink_blob(db::Tx& tx, std::int64_t repository_id, std::int64_t blob_id, Millis now) {
  static const db::Query kHolders{"blob.holders", R"(
    SELECT manifest_id FROM manifest_blob WHERE repository_id = $1 AND blob_id = $2)"};
  static const db::Query kHide{"blob.hide", R"(
    UPDATE manifest_blob SET hidden = TRUE WHERE repository_id = $1 AND blob_id = $2)"};
  static const db::Query kUnlink{"blob.unlink", R"(
    DELETE FROM repository_blob WHERE repository_id = $1 AND blob_id = $2)"};
  for (const auto holder : tx.all<std::int64_t>(kHolders, repository_id, blob_id)) {
    if (is_manifest_alive(tx, holder, now)) return false;
  }
  tx.run(kHide, repository_id, blob_id);
  tx.run(kUnlink, repository_id, blob_id);
  queue_blobs(tx, {blob_id});
  return true;
}

}  // namespace wharf::store
