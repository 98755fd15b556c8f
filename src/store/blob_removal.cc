#include "store/blob_removal.h"

#include <algorithm>

#include "store/blob.h"
#include "store/blob_left.h"
#include "store/gc_rows.h"

namespace wharf::store {
namespace {

constexpr int kQueuedAStep = 200;

struct SightRow {
  std::optional<std::int64_t> blob_id;
  std::optional<std::int64_t> removal_id;
  std::optional<Millis> lease_ms;
  bool open = false;
  std::optional<std::string> place;
  std::optional<std::int64_t> left_id;
  std::optional<Millis> left_lease_ms;
};
BOOST_DESCRIBE_STRUCT(SightRow, (), (blob_id, removal_id, lease_ms, open, place, left_id, left_lease_ms))

struct BlobRow {
  std::string digest;
  std::int64_t size_bytes = 0;
  std::string place;
};
BOOST_DESCRIBE_STRUCT(BlobRow, (), (digest, size_bytes, place))

/// Nothing while somebody uses the row.
std::optional<BlobRow> lock_blob(db::Tx& tx, std::int64_t blob_id) {
  static const db::Query kLock{"gc.lock_blob", "SELECT digest, size_bytes, place FROM blob WHERE id = $1"};
  static const db::Query kLockPg{"gc.lock_blob",
                                 "SELECT digest, size_bytes, place FROM blob WHERE id = $1 FOR UPDATE SKIP LOCKED"};
  return tx.one<BlobRow>(for_engine(tx, kLock, kLockPg), blob_id);
}

bool is_held(db::Tx& tx, std::int64_t blob_id) {
  static const db::Query kHeld{"gc.blob_held", R"(
    SELECT 1 WHERE EXISTS (SELECT 1 FROM manifest_blob WHERE blob_id = $1)
                OR EXISTS (SELECT 1 FROM repository_blob WHERE blob_id = $1))"};
  return tx.one<std::int64_t>(kHeld, blob_id).has_value();
}

/// The line of a blob whose row goes now. An older one of the same digest makes place: its id never comes back.
Removal open_removal(db::Tx& tx, BlobRow blob, Millis lease_ms) {
  static const db::Query kOld{"removal.delete_old", "DELETE FROM blob_removal WHERE digest = $1"};
  static const db::Query kOpen{"removal.open", R"(
    INSERT INTO blob_removal (digest, size_bytes, lease_ms, place) VALUES ($1, $2, $3, $4) RETURNING id)"};
  tx.run(kOld, blob.digest);
  const auto id = tx.get<std::int64_t>(kOpen, blob.digest, blob.size_bytes, lease_ms, blob.place);
  return {id, std::move(blob.digest), blob.size_bytes, std::move(blob.place)};
}

}  // namespace

BlobSight look_for_blob(db::Tx& tx, const Digest& sha256) {
  static const db::Query kLook{"blob.look", R"(
    SELECT b.id, r.id, r.lease_ms, r.id IS NOT NULL AND r.removed_ms IS NULL, b.place,
           (SELECT MAX(l.id) FROM blob_left l WHERE l.digest = $1),
           (SELECT MAX(l.lease_ms) FROM blob_left l WHERE l.digest = $1 AND l.removed_ms IS NULL)
      FROM (SELECT 1) one LEFT JOIN blob b ON b.digest = $1 LEFT JOIN blob_removal r ON r.digest = $1)"};
  const auto row = tx.get<SightRow>(kLook, sha256);
  return {.has_row = row.blob_id.has_value(),
          .place = row.place.value_or(""),
          .removing = row.open,
          .removal_id = row.removal_id.value_or(0),
          .lease_ms = row.lease_ms.value_or(0),
          .left_id = row.left_id.value_or(0),
          .left_lease_ms = row.left_lease_ms.value_or(0)};
}

std::optional<BlobRecord> add_blob(db::Tx& tx, const Digest& sha256, std::int64_t size_bytes, const BlobPlace& where,
                                   const BlobSight& before, Millis now) {
  // The row first: it is the collector's too from here on, and what it has done before shows in the next statement.
  auto blob = add_blob_at(tx, sha256, size_bytes, where, now);
  const auto after = look_for_blob(tx, sha256);
  if (after.waits() || after.removal_id != before.removal_id || after.left_id != before.left_id) return std::nullopt;
  if (after.left_id != 0 && !take_back_bytes(tx, sha256, blob.place)) return std::nullopt;
  return blob;
}

Condemned condemn_blobs(db::Tx& tx, std::int64_t after_id, Budget budget, Millis lease_ms) {
  static const db::Query kQueue{"gc.orphan_blobs",
                                "SELECT blob_id FROM orphan_blob WHERE blob_id > $1 ORDER BY blob_id LIMIT $2"};
  static const db::Query kForget{"gc.forget_blob", "DELETE FROM orphan_blob WHERE blob_id = $1"};
  static const db::Query kDelete{"gc.delete_blob", "DELETE FROM blob WHERE id = $1"};
  const auto queue = tx.all<std::int64_t>(kQueue, after_id, kQueuedAStep);
  Condemned done;
  for (const auto id : queue) {
    if (done.pass.next != 0 && budget.over()) break;
    done.pass.next = id;
    auto blob = lock_blob(tx, id);
    budget.spend(1);
    if (!blob) continue;
    done.pass.changed = true;
    if (is_held(tx, id)) {
      tx.run(kForget, id);
      continue;
    }
    tx.run(kDelete, id);
    done.removals.push_back(open_removal(tx, std::move(*blob), lease_ms));
    budget.spend(3);
  }
  const bool through = queue.empty() || (done.pass.next == queue.back() && queue.size() < kQueuedAStep);
  if (through) done.pass.next = 0;
  return done;
}

std::vector<Removal> take_left_removals(db::Tx& tx, int limit, Millis lease_ms, Millis now) {
  static const db::Query kLeft{"removal.left", R"(
    SELECT id FROM blob_removal WHERE removed_ms IS NULL AND lease_ms <= $1 ORDER BY lease_ms LIMIT $2)"};
  std::vector<Removal> taken;
  for (const auto id : tx.all<std::int64_t>(kLeft, now, limit)) {
    if (auto removal = take_left_removal(tx, id, lease_ms, now)) taken.push_back(std::move(*removal));
  }
  return taken;
}

std::optional<Removal> take_left_removal(db::Tx& tx, std::int64_t removal_id, Millis lease_ms, Millis now) {
  static const db::Query kTake{"removal.take", R"(
    UPDATE blob_removal SET lease_ms = $2 WHERE id = $1 AND removed_ms IS NULL AND lease_ms <= $3
    RETURNING id, digest, size_bytes, place)"};
  return tx.one<Removal>(kTake, removal_id, lease_ms, now);
}

bool close_removal(db::Tx& tx, std::int64_t removal_id, Millis now) {
  static const db::Query kClose{"removal.close",
                                "UPDATE blob_removal SET removed_ms = $2 WHERE id = $1 AND removed_ms IS NULL"};
  return tx.run(kClose, removal_id, now) > 0;
}

Freed forget_removals(db::Tx& tx, Budget budget, Millis before_ms) {
  static const db::Query kForget{"removal.forget", R"(
    DELETE FROM blob_removal WHERE id IN (
      SELECT id FROM blob_removal WHERE removed_ms IS NOT NULL AND removed_ms < $1 ORDER BY removed_ms LIMIT $2))"};
  Freed freed;
  freed.others = tx.run(kForget, before_ms, budget.left());
  return freed;
}

std::vector<std::string> find_strays(db::Tx& tx, const std::vector<std::string>& digests) {
  static const db::Query kKnown{"gc.known_file", R"(
    SELECT 1 WHERE EXISTS (SELECT 1 FROM blob WHERE digest = $1)
                OR EXISTS (SELECT 1 FROM blob_removal WHERE digest = $1 AND removed_ms IS NULL)
                OR EXISTS (SELECT 1 FROM blob_left WHERE digest = $1 AND removed_ms IS NULL))"};
  std::vector<std::string> strays;
  for (const auto& digest : digests) {
    if (!tx.one<std::int64_t>(kKnown, digest)) strays.push_back(digest);
  }
  return strays;
}

bool adopt_stray(db::Tx& tx, const Digest& sha256, std::int64_t size_bytes, const std::string& place, Millis now) {
  const auto before = look_for_blob(tx, sha256);
  if (before.has_row || before.waits()) return false;
  BlobPlace where;
  where.place = place;
  const auto blob = add_blob(tx, sha256, size_bytes, where, before, now);
  if (!blob) return false;
  queue_blobs(tx, {blob->id});
  return true;
}

bool is_stray_place(db::Tx& tx, const std::string& place, const std::string& upload_id) {
  static const db::Query kKnown{"gc.known_place", R"(
    SELECT 1 WHERE EXISTS (SELECT 1 FROM blob WHERE place = $1 AND place <> '')
                OR EXISTS (SELECT 1 FROM blob_removal WHERE place = $1 AND removed_ms IS NULL)
                OR EXISTS (SELECT 1 FROM upload WHERE id = $2))"};
  static const db::Query kNamed{"gc.known_named_place", R"(
    SELECT 1 WHERE EXISTS (SELECT 1 FROM blob WHERE place = $1 AND place <> '')
                OR EXISTS (SELECT 1 FROM blob_removal WHERE place = $1 AND removed_ms IS NULL)
                OR EXISTS (SELECT 1 FROM blob_left WHERE place = $1 AND removed_ms IS NULL))"};
  static const db::Query kNames{"gc.location_names", "SELECT id FROM storage_location"};
  if (tx.one<std::int64_t>(kKnown, place, upload_id)) return false;
  const auto is_known = [&](const std::string& name) {
    return tx.one<std::int64_t>(kNamed, '@' + name + '/' + place).has_value();
  };
  return std::ranges::none_of(tx.all<std::string>(kNames), is_known);
}

}  // namespace wharf::store
