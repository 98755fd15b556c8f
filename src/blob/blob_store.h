#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/metrics.h"
#include "http/message.h"

namespace wharf::blob {

/// An upload between two requests: all that a node needs to go on with it. Kept in the database.
struct UploadState {
  std::string id;                ///< UUID; also names what the backend holds of it.
  std::uint64_t size_bytes = 0;  ///< Bytes received and hashed; a backend may hold more after a crash: cut them off.
  std::string hash;              ///< The running sha256 after size_bytes, as `Sha256::state()` gives it.
  std::string backend;           ///< What else the backend wants to find again (S3: the parts so far).
};

/// Takes the bytes of one upload. Hashing and writing go on behind the caller: memory is two buffers of 1 MiB.
/// Destroying it without `pause` loses what came after the last `pause`, and nothing else.
class UploadWriter {
 public:
  virtual ~UploadWriter() = default;
  /// Where the next bytes are to be put; never empty. Waits while both buffers are in work.
  /// Errors: insufficient_storage and what else an earlier piece met.
  virtual awaitable<Result<std::span<std::byte>>> buffer() = 0;
  /// The first `count` bytes of `buffer()` are there.
  virtual void commit(std::size_t count) = 0;
  /// Waits until all is hashed and written, and answers the state to keep. The writer is done after it.
  virtual awaitable<Result<UploadState>> pause() = 0;
};

struct BlobInfo {
  std::uint64_t size_bytes = 0;
};

/// A blob and where its bytes are.
struct BlobRef {
  Digest digest;
  std::string place;  ///< As BlobStore::place_of said when it was made, kept in the database; "": by its digest.

  BlobRef(Digest named, std::string at = {}) : digest(std::move(named)), place(std::move(at)) {}
};

/// Bytes as a listing shows them: named by their digest, or lying at a place that the database knows the digest of.
struct BlobEntry {
  std::optional<Digest> digest;
  std::string place;  ///< "" where the digest says it all.
  std::uint64_t size_bytes = 0;
  Millis since_ms = 0;   ///< When it came to be in the store.
  std::string upload{};  ///< Of bytes at a place: the id of the upload that wrote them.

  /// Where a listing goes on after this one.
  const std::string& name() const { return place.empty() ? digest->text() : place; }
};

/// What the backend holds of an upload that nobody went on with.
struct StaleUpload {
  std::string id;
  std::uint64_t size_bytes = 0;
  Millis modified_ms = 0;  ///< When bytes were last added.
};

/// Bytes by sha256. Whatever can be seen in the store is whole and has the digest it is named by.
///
/// A store that cannot rename what is written (S3) leaves an upload's bytes where they are, at a place of their own:
/// the database keeps the place beside the digest, and finishing needs no copy. The same content may then be there
/// several times until the caller removes what it does not refer to.
class BlobStore {
 public:
  virtual ~BlobStore() = default;

  /// The names of locations that are surely this store's own: places may carry them (blob/place.h).
  virtual std::vector<std::string> locations() const { return {}; }

  /// A new, empty upload.
  virtual awaitable<Result<UploadState>> begin() = 0;
  /// Goes on after `state.size_bytes`. One writer an upload: a second one waits up to a second for the first to go.
  /// Errors: upload_unknown when the backend has lost it, upload_busy when another request is writing it.
  virtual awaitable<Result<std::unique_ptr<UploadWriter>>> resume(UploadState state) = 0;
  /// Makes the bytes of `state` the blob named by their sha256, durably (file and folder fsynced), and ends the upload.
  /// Content that is here already is kept and the upload dropped. The caller has compared digests before.
  /// Asked again after a crash, it answers the digest again as long as the blob is here.
  /// Errors: upload_unknown (also when what is stored are not the bytes that were hashed: two requests wrote at once),
  /// upload_busy (another request is writing), insufficient_storage.
  virtual awaitable<Result<Digest>> finish(UploadState state) = 0;
  /// Where `finish(state)` leaves the bytes; "": by their digest.
  virtual std::string place_of(const UploadState&) const { return {}; }
  /// The sha512 of what `state` holds so far (reads it again).
  virtual awaitable<Result<Digest>> sha512(UploadState state) = 0;
  /// Ends the upload and frees its bytes; with `state.id` alone it frees what it can find by that, and leaves what
  /// may be a blob's. Ending what is gone is no error: it answers false. Destroy the upload's writer first: a living
  /// one is waited for, up to a second.
  virtual awaitable<Result<bool>> abort(UploadState state) = 0;

  /// Nothing when there is no such blob.
  virtual awaitable<Result<std::optional<BlobInfo>>> stat(BlobRef blob) = 0;
  /// `length_bytes` bytes from `offset`, as a body to send; the caller keeps within the blob's size.
  /// Errors: blob_unknown.
  virtual awaitable<Result<http::Body>> open(BlobRef blob, std::uint64_t offset, std::uint64_t length_bytes) = 0;
  /// The whole of a small blob (an image's configuration). Errors: blob_unknown, payload_too_large past `limit_bytes`.
  virtual awaitable<Result<std::string>> read(BlobRef blob, std::size_t limit_bytes) = 0;
  /// An address from which a client may read the whole blob, or a range of it, without the server, for some minutes;
  /// nothing where the store has no such thing. It is not asked whether the blob is there.
  virtual awaitable<Result<std::optional<std::string>>> link(BlobRef) { co_return std::nullopt; }
  /// Frees it. Answers false when it is known not to have been there.
  virtual awaitable<Result<bool>> remove(BlobRef blob) = 0;
  /// Frees many in few calls. Answers for each true when it is gone now, or why it is not.
  virtual awaitable<std::vector<Result<bool>>> remove_all(std::vector<BlobRef> blobs);

  /// The blobs after `after` (a BlobEntry's name; empty: from the start), in the order of names, at most `limit`.
  virtual awaitable<Result<std::vector<BlobEntry>>> list(std::string after, std::size_t limit) = 0;
  /// Frees the bytes at a place that no blob has. Answers false in a store that has no places.
  virtual awaitable<Result<bool>> remove_place(std::string) { co_return false; }
  /// Whose bytes these are: the id that a registry has noted in the store. Where there is none, notes `mine` if
  /// `may_note`, and answers "" otherwise. A store that nobody else can reach is the caller's.
  virtual awaitable<Result<std::string>> owner(std::string mine, bool) { co_return mine; }
  /// Uploads that got no byte since `before_ms`, in no order. For cleaning up; end them with `abort`.
  virtual awaitable<Result<std::vector<StaleUpload>>> uploads_older_than(Millis before_ms) = 0;

  /// Counts what it asks of others there from now on; called before the first request, if at all.
  virtual void count_in(metrics::Registry&) {}
  /// Ends whatever it has asked of others with `unavailable`, and asks nothing more: for a server that stops. From any
  /// thread; those who wait are resumed on their own executors, which must still be there.
  virtual void stop() {}
  /// Writes, reads back and removes a small probe. For /health/endtoend.
  virtual awaitable<Result<bool>> check() = 0;
};

}  // namespace wharf::blob
