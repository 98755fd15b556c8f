#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "base/async.h"
#include "base/error.h"
#include "blob/located_blob_store.h"
#include "db/database.h"
#include "store/blob_left.h"

namespace wharf::service {

/// Moves blobs from one storage location to another while servers serve them.
///
/// A blob is read once, hashed on the way and written to its new place; then one transaction moves its row, if nobody
/// has changed it. What is left behind goes an hour later, with the collection. Killed at any point, it leaves rows
/// that point to whole bytes, and copies that the collection finds; run again, it passes over what has moved. See
/// docs/adr/0012-storage-locations.md.
class BlobMover {
 public:
  struct Plan {
    std::string to;     ///< A configured location.
    std::string from;   ///< Only what lies there; "": in any other.
    bool keep = false;  ///< What is left behind stays for good.
  };
  /// All outlive it.
  BlobMover(db::Database& database, blob::LocatedBlobStore& blobs, Plan plan)
      : db_(database), blobs_(blobs), plan_(std::move(plan)) {}

  /// Errors: invalid_request with what is wrong with the plan.
  Result<bool> check() const;

  enum class Outcome {
    moved,
    passed_over,  ///< It is there already, or not in `Plan::from`.
    gone,         ///< Somebody has deleted the blob meanwhile.
  };
  /// Called with each piece's bytes as they are copied; from the thread that moves.
  using Progress = std::function<void(std::uint64_t)>;

  /// Moves one blob. Memory: as an upload's. Errors: digest_invalid (the bytes are not those of the digest: they stay
  /// where they are), blob_unknown (they are in no location), what the stores answer. Throws what the database throws.
  awaitable<Result<Outcome>> move(store::MovableBlob blob, Progress progress);

 private:
  awaitable<Result<Outcome>> move_once(store::MovableBlob blob, std::string from, Progress progress, bool& again);
  awaitable<Result<blob::UploadState>> copy(blob::BlobRef source, std::uint64_t size_bytes, blob::UploadState state,
                                            Progress progress);
  awaitable<Result<std::int64_t>> claim(store::LeftBytes bytes);

  db::Database& db_;
  blob::LocatedBlobStore& blobs_;
  const Plan plan_;
};

}  // namespace wharf::service
