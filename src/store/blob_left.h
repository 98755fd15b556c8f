#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "db/database.h"
#include "store/gc.h"

/// A blob's way from one storage location to another, and the bytes that stay behind. The row says where a blob is;
/// what no row points to has a line in `blob_left` and goes when it is due.
///
///   claim      a line for the place that the copy will lie at: if the move ends here, it is left there
///   move       one transaction: the claim's line goes, the row moves on if it is unchanged, and a line for the old
///              place comes
///   take       who deletes the bytes has taken the line before; nobody makes a row point there meanwhile
namespace wharf::store {

/// Bytes that nobody refers to any more, or not yet.
struct LeftBytes {
  std::string location;  ///< Its name, without "@".
  std::string place;     ///< "@<location>/…".
  std::string digest;    ///< sha256.
  std::int64_t size_bytes = 0;
};

/// They may go from `due_ms` on. Answers the line's id; nothing while somebody deletes what lies there.
std::optional<std::int64_t> leave_bytes(db::Tx& tx, const LeftBytes& bytes, Millis due_ms);

/// The line `id` goes, as a row points to its place from now on. Answers false when somebody has taken or replaced it:
/// the bytes may be gone.
bool end_claim(db::Tx& tx, std::int64_t id);

/// A row for `sha256` points to `place` from now on ("": to the digest's bytes wherever they are): lines of that go.
/// Answers false while somebody deletes such bytes.
bool take_back_bytes(db::Tx& tx, const Digest& sha256, const std::string& place);

/// A blob as a move finds it.
struct MovableBlob {
  std::int64_t id = 0;
  std::string digest;
  std::int64_t size_bytes = 0;
  std::string place;
};
BOOST_DESCRIBE_STRUCT(MovableBlob, (), (id, digest, size_bytes, place))

/// The blobs after `after_id`, by id. For a read.
std::vector<MovableBlob> find_movable(db::Tx& tx, std::int64_t after_id, int limit);
/// The blob `id` as it is now.
std::optional<MovableBlob> find_movable_by_id(db::Tx& tx, std::int64_t id);
/// Blobs and bytes that do not lie in `location` by their places' names. Reads every row.
struct Elsewhere {
  std::int64_t blobs = 0;
  std::int64_t bytes = 0;
};
BOOST_DESCRIBE_STRUCT(Elsewhere, (), (blobs, bytes))
Elsewhere count_elsewhere(db::Tx& tx, const std::string& location);
/// Answers false when the row is gone or has another place than `blob.place`.
bool move_blob(db::Tx& tx, const MovableBlob& blob, const std::string& to_place);

/// A line that was taken.
struct TakenBytes {
  std::int64_t id = 0;
  std::string digest;
  std::int64_t size_bytes = 0;
  std::string place;
};
BOOST_DESCRIBE_STRUCT(TakenBytes, (), (id, digest, size_bytes, place))
/// Takes up to `limit` due lines of `location`, until `lease_ms`; one that a row may mean after all is put off until
/// `later_ms`, and ends where the row points to its place. Those that a crash left taken are taken over.
std::vector<TakenBytes> take_due_bytes(db::Tx& tx, const std::string& location, int limit, Millis lease_ms,
                                       Millis later_ms, Millis now);
/// Whether `take_due_bytes` would look at any.
bool has_due_bytes(db::Tx& tx, const std::string& location, Millis now);
/// What would be taken. For a read.
Elsewhere count_due_bytes(db::Tx& tx, const std::string& location, Millis now);
/// The bytes are gone.
void close_left(db::Tx& tx, std::int64_t id, Millis now);
/// They could not be deleted: again from `due_ms` on.
void put_back(db::Tx& tx, const TakenBytes& bytes, Millis due_ms);
/// Of lines of `sha256` whose takers are over their time: what became of their bytes is not known.
void close_abandoned(db::Tx& tx, const Digest& sha256, Millis now);
/// Deletes lines that were closed before `before_ms`.
Freed forget_left(db::Tx& tx, Budget budget, Millis before_ms);

/// Notes the names that places will carry.
void note_locations(db::Tx& tx, const std::vector<std::string>& ids);

}  // namespace wharf::store
