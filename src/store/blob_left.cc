#include "store/blob_left.h"

namespace wharf::store {
namespace {

// "@a/x" lies between "@a/" and "@a0": the next character after the slash.
std::string first_of(const std::string& location) { return '@' + location + '/'; }
std::string end_of(const std::string& location) { return '@' + location + '0'; }

// A row that means the bytes of a line: one without a place may mean any of its digest.
#define WHARF_POINTED_TO \
  "EXISTS (SELECT 1 FROM blob b WHERE b.digest = blob_left.digest AND (b.place = blob_left.place OR b.place = ''))"

}  // namespace

std::optional<std::int64_t> leave_bytes(db::Tx& tx, const LeftBytes& bytes, Millis due_ms) {
  // A new line each time: the id of an older one never comes back.
  static const db::Query kClear{"left.clear", R"(
    DELETE FROM blob_left WHERE place = $1 AND (removed_ms IS NOT NULL OR lease_ms = 0))"};
  static const db::Query kLeave{"left.leave", R"(
    INSERT INTO blob_left (location, place, digest, size_bytes, due_ms) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (place) DO NOTHING RETURNING id)"};
  tx.run(kClear, bytes.place);
  return tx.one<std::int64_t>(kLeave, bytes.location, bytes.place, bytes.digest, bytes.size_bytes, due_ms);
}

bool end_claim(db::Tx& tx, std::int64_t id) {
  static const db::Query kEnd{"left.end_claim",
                              "DELETE FROM blob_left WHERE id = $1 AND removed_ms IS NULL AND lease_ms = 0"};
  return tx.run(kEnd, id) == 1;
}

bool take_back_bytes(db::Tx& tx, const Digest& sha256, const std::string& place) {
  static const db::Query kTakeBack{"left.take_back", R"(
    DELETE FROM blob_left
     WHERE digest = $1 AND removed_ms IS NULL AND lease_ms = 0 AND (place = $2 OR $2 = ''))"};
  static const db::Query kTaken{"left.taken", R"(
    SELECT COUNT(*) FROM blob_left
     WHERE digest = $1 AND removed_ms IS NULL AND lease_ms > 0 AND (place = $2 OR $2 = ''))"};
  tx.run(kTakeBack, sha256, place);
  return tx.get<std::int64_t>(kTaken, sha256, place) == 0;
}

std::vector<MovableBlob> find_movable(db::Tx& tx, std::int64_t after_id, int limit) {
  static const db::Query kFind{"left.movable",
                               "SELECT id, digest, size_bytes, place FROM blob WHERE id > $1 ORDER BY id LIMIT $2"};
  return tx.all<MovableBlob>(kFind, after_id, limit);
}

std::optional<MovableBlob> find_movable_by_id(db::Tx& tx, std::int64_t id) {
  static const db::Query kFind{"left.movable_one", "SELECT id, digest, size_bytes, place FROM blob WHERE id = $1"};
  return tx.one<MovableBlob>(kFind, id);
}

Elsewhere count_elsewhere(db::Tx& tx, const std::string& location) {
  static const db::Query kCount{"left.elsewhere", R"(
    SELECT COUNT(*), CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM blob WHERE place < $1 OR place >= $2)"};
  return tx.get<Elsewhere>(kCount, first_of(location), end_of(location));
}

bool move_blob(db::Tx& tx, const MovableBlob& blob, const std::string& to_place) {
  static const db::Query kMove{"left.move", "UPDATE blob SET place = $3 WHERE id = $1 AND place = $2"};
  return tx.run(kMove, blob.id, blob.place, to_place) == 1;
}

std::vector<TakenBytes> take_due_bytes(db::Tx& tx, const std::string& location, int limit, Millis lease_ms,
                                       Millis later_ms, Millis now) {
  static const db::Query kDue{"left.due", R"(
    SELECT id FROM blob_left
     WHERE location = $1 AND due_ms <= $2 AND removed_ms IS NULL AND lease_ms <= $2 ORDER BY due_ms LIMIT $3)"};
  // Whoever makes a row point to these bytes has deleted the line, or waits for this transaction.
  static const db::Query kTake{"left.take", R"(
    UPDATE blob_left SET lease_ms = $2
     WHERE id = $1 AND due_ms <= $3 AND removed_ms IS NULL AND lease_ms <= $3 AND NOT )" WHARF_POINTED_TO R"(
    RETURNING id, digest, size_bytes, place)"};
  // The claim of a second move to where the blob was by then.
  static const db::Query kMoot{"left.moot", R"(
    DELETE FROM blob_left
     WHERE id = $1 AND removed_ms IS NULL AND lease_ms = 0
       AND EXISTS (SELECT 1 FROM blob b WHERE b.digest = blob_left.digest AND b.place = blob_left.place))"};
  static const db::Query kPutOff{"left.put_off", R"(
    UPDATE blob_left SET due_ms = $2 WHERE id = $1 AND removed_ms IS NULL AND lease_ms = 0)"};
  std::vector<TakenBytes> taken;
  for (const auto id : tx.all<std::int64_t>(kDue, location, now, limit)) {
    if (auto bytes = tx.one<TakenBytes>(kTake, id, lease_ms, now)) {
      taken.push_back(std::move(*bytes));
    } else if (tx.run(kMoot, id) == 0) {
      tx.run(kPutOff, id, later_ms);
    }
  }
  return taken;
}

bool has_due_bytes(db::Tx& tx, const std::string& location, Millis now) {
  static const db::Query kHas{"left.has_due", R"(
    SELECT 1 FROM blob_left
     WHERE location = $1 AND due_ms <= $2 AND removed_ms IS NULL AND lease_ms <= $2 LIMIT 1)"};
  return tx.one<std::int64_t>(kHas, location, now).has_value();
}

Elsewhere count_due_bytes(db::Tx& tx, const std::string& location, Millis now) {
  static const db::Query kCount{"left.count_due", R"(
    SELECT COUNT(*), CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM blob_left
     WHERE location = $1 AND due_ms <= $2 AND removed_ms IS NULL AND lease_ms <= $2 AND NOT )" WHARF_POINTED_TO};
  return tx.get<Elsewhere>(kCount, location, now);
}

void close_left(db::Tx& tx, std::int64_t id, Millis now) {
  static const db::Query kClose{"left.close",
                                "UPDATE blob_left SET removed_ms = $2 WHERE id = $1 AND removed_ms IS NULL"};
  tx.run(kClose, id, now);
}

void put_back(db::Tx& tx, const TakenBytes& bytes, Millis due_ms) {
  static const db::Query kDelete{"left.put_back",
                                 "DELETE FROM blob_left WHERE id = $1 AND removed_ms IS NULL RETURNING location"};
  const auto location = tx.one<std::string>(kDelete, bytes.id);
  // With another id: an upload that has seen the bytes before must not take them for there.
  if (location) leave_bytes(tx, {*location, bytes.place, bytes.digest, bytes.size_bytes}, due_ms);
}

void close_abandoned(db::Tx& tx, const Digest& sha256, Millis now) {
  static const db::Query kClose{"left.close_abandoned", R"(
    UPDATE blob_left SET removed_ms = $2
     WHERE digest = $1 AND removed_ms IS NULL AND lease_ms > 0 AND lease_ms <= $2)"};
  tx.run(kClose, sha256, now);
}

Freed forget_left(db::Tx& tx, Budget budget, Millis before_ms) {
  static const db::Query kForget{"left.forget", R"(
    DELETE FROM blob_left WHERE id IN (
      SELECT id FROM blob_left WHERE removed_ms IS NOT NULL AND removed_ms < $1 ORDER BY removed_ms LIMIT $2))"};
  Freed freed;
  freed.others = tx.run(kForget, before_ms, budget.left());
  return freed;
}

void note_locations(db::Tx& tx, const std::vector<std::string>& ids) {
  static const db::Query kNote{"left.note_location",
                               "INSERT INTO storage_location (id) VALUES ($1) ON CONFLICT (id) DO NOTHING"};
  for (const auto& id : ids) tx.run(kNote, id);
}

}  // namespace wharf::store
