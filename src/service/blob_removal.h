#pragma once
#include <chrono>
#include <vector>

#include "base/async.h"
#include "base/digest.h"
#include "base/error.h"
#include "blob/blob_store.h"
#include "db/database.h"
#include "store/blob_removal.h"

/// The second half of a blob's end: its row is gone, now the file goes. See store/blob_removal.h.
namespace wharf::service {

/// For so long whoever took removals is left alone with them. They begin with none of them in the second half of it, so
/// that a node which was held up does not delete what somebody else has put there since.
inline constexpr std::chrono::milliseconds kRemovalLease{60'000};

/// Bytes that no row points to stay for so long: whoever makes a row does so right after the bytes came to be, and
/// whoever read a row reads its bytes right after that.
inline constexpr std::chrono::milliseconds kStrayAge{3'600'000};

/// Deletes the files and closes the lines; answers what was freed. `taken` is when the lease began. What cannot be
/// deleted stays open, for a later round.
awaitable<store::Freed> remove_files(db::Database& database, blob::BlobStore& blobs,
                                     std::vector<store::Removal> removals, std::chrono::steady_clock::time_point taken);

/// Deletes what moved blobs left behind at the locations of `blobs` and is due, up to `limit` for each; answers what
/// was freed. See store/blob_left.h.
awaitable<store::Freed> remove_left(db::Database& database, blob::BlobStore& blobs, int limit);

/// Waits until no removal of `sha256` is open and nobody deletes what it left behind; ends one itself that its holder
/// has left. Errors: unavailable when it takes too long.
awaitable<Result<bool>> await_removal(db::Database& database, blob::BlobStore& blobs, Digest sha256);

}  // namespace wharf::service
