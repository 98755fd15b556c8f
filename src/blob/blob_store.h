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

/// A blob as a listing shows it.
struct BlobEntry {
  Digest digest;
  std::uint64_t size_bytes = 0;
  Millis since_ms = 0;  ///< When it came to be in the store.
};

/// What the backend holds of an upload that nobody went on with.
struct StaleUpload {
  std::string id;
  std::uint64_t size_bytes = 0;
  Millis modified_ms = 0;  ///< When bytes were last added.
};

/// Bytes by sha256. Whatever can be seen in the store is whole and has the digest it is named by.
class BlobStore {
 public:
  virtual ~BlobStore() = default;

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
  /// The sha512 of what `state` holds so far (reads it again).
  virtual awaitable<Result<Digest>> sha512(UploadState state) = 0;
  /// Ends the upload and frees its bytes; only `state.id` is looked at. Ending what is gone is no error: it answers
  /// false. Destroy the upload's writer first: a living one is waited for, up to a second.
  virtual awaitable<Result<bool>> abort(UploadState state) = 0;

  /// Nothing when there is no such blob.
  virtual awaitable<Result<std::optional<BlobInfo>>> stat(Digest digest) = 0;
  /// `length_bytes` bytes from `offset`, as a body to send; the caller keeps within the blob's size.
  /// Errors: blob_unknown.
  virtual awaitable<Result<http::Body>> open(Digest digest, std::uint64_t offset, std::uint64_t length_bytes) = 0;
  /// The whole of a small blob (an image's configuration). Errors: blob_unknown, payload_too_large past `limit_bytes`.
  virtual awaitable<Result<std::string>> read(Digest digest, std::size_t limit_bytes) = 0;
  /// Frees it. Answers false when it was not there.
  virtual awaitable<Result<bool>> remove(Digest digest) = 0;

  /// The blobs after `after` (a digest's text; empty: from the start), in the order of digests, at most `limit`.
  virtual awaitable<Result<std::vector<BlobEntry>>> list(std::string after, std::size_t limit) = 0;
  /// Uploads that got no byte since `before_ms`, in no order. For cleaning up; end them with `abort`.
  virtual awaitable<Result<std::vector<StaleUpload>>> uploads_older_than(Millis before_ms) = 0;

  /// Writes, reads back and removes a small probe. For /health/endtoend.
  virtual awaitable<Result<bool>> check() = 0;
};

}  // namespace wharf::blob
