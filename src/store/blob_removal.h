#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "db/database.h"
#include "store/blob.h"
#include "store/gc.h"

/// The end of a blob. Its row goes first and leaves a line in `blob_removal`; then its file; then the line is closed.
///
///   no blob row                while a line is open: whoever would make one waits until it is closed
///   a blob row                 means that the file is there
///   a closed line, for a day   tells an upload that began before that the file went meanwhile
namespace wharf::store {

/// A file that is to go, by whoever took the line: until its lease ends nobody else touches it.
struct Removal {
  std::int64_t id = 0;
  std::string digest;  ///< sha256.
  std::int64_t size_bytes = 0;
  std::string place;  ///< Where the blob store has it; "": by its digest.
};
BOOST_DESCRIBE_STRUCT(Removal, (), (id, digest, size_bytes, place))

/// What is known of a digest's bytes before an upload with that digest ends.
struct BlobSight {
  bool has_row = false;
  std::string place;            ///< Of the bytes, with a row.
  bool removing = false;        ///< A line is open.
  std::int64_t removal_id = 0;  ///< Of the last line, open or closed; 0: there is none.
  Millis lease_ms = 0;          ///< Of that line.
  /// Of what such bytes left behind (store/blob_left.h): the last line, open or closed; 0: there is none.
  std::int64_t left_id = 0;
  Millis left_lease_ms = 0;  ///< Somebody is deleting some of them until then; 0: nobody is.

  bool waits() const { return removing || left_lease_ms > 0; }
};
BlobSight look_for_blob(db::Tx& tx, const Digest& sha256);

/// The row of a blob whose bytes have been seen in the blob store after `before` was read. Nothing when they may have
/// gone since; the transaction is to be undone then.
std::optional<BlobRecord> add_blob(db::Tx& tx, const Digest& sha256, std::int64_t size_bytes, const BlobPlace& where,
                                   const BlobSight& before, Millis now);

/// What `condemn_blobs` did.
struct Condemned {
  Pass pass;
  std::vector<Removal> removals;  ///< The caller's, until `lease_ms`.
};
/// Deletes the rows of queued blobs that no manifest and no link has. One that is locked just now stays queued.
Condemned condemn_blobs(db::Tx& tx, std::int64_t after_id, Budget budget, Millis lease_ms);

/// Takes over open lines that their holders have left, as after a crash.
std::vector<Removal> take_left_removals(db::Tx& tx, int limit, Millis lease_ms, Millis now);
/// The one of `removal_id`, if it was left. Nothing when it is closed or somebody's.
std::optional<Removal> take_left_removal(db::Tx& tx, std::int64_t removal_id, Millis lease_ms, Millis now);
/// The file is gone. Answers false when the line is closed already.
bool close_removal(db::Tx& tx, std::int64_t removal_id, Millis now);
/// Deletes lines that were closed before `before_ms`.
Freed forget_removals(db::Tx& tx, Budget budget, Millis before_ms);

/// Of `digests`, those of files that no row and no open line names.
std::vector<std::string> find_strays(db::Tx& tx, const std::vector<std::string>& digests);
/// Whether no blob, no open line and no upload has to do with what the upload `upload_id` wrote to `place`, which is
/// without the name of its location: with any name that there ever was it is somebody's. It stays so: without its row
/// an upload ends in nothing.
bool is_stray_place(db::Tx& tx, const std::string& place, const std::string& upload_id);
/// Gives a stray file a row and queues it, so that it ends like any other blob. Answers false when it is none any more.
bool adopt_stray(db::Tx& tx, const Digest& sha256, std::int64_t size_bytes, const std::string& place, Millis now);

}  // namespace wharf::store
