#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/async.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/names.h"
#include "blob/blob_store.h"
#include "db/database.h"
#include "service/manifest.h"
#include "service/settings.h"
#include "store/upload.h"

namespace wharf::service {

/// What one round of cleaning up ended.
struct StaleUploads {
  int uploads = 0;    ///< That clients had begun and left.
  int leftovers = 0;  ///< Bytes that no upload belonged to, as a crash leaves them.
};

struct UploadStatus {
  std::string id;
  std::uint64_t size_bytes = 0;  ///< Received and kept so far.
};

/// The bytes that a request says it carries: the value of Content-Range, both ends included.
struct ChunkRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// An append that did not go through, and where the upload stands: a 416 tells the client so.
struct AppendOutcome {
  UploadStatus status;
  std::optional<Error> refused;
};

/// Blob uploads of the registry protocol. What is between two requests is in the database, so that they outlive the
/// server. Bytes are hashed and written while they arrive. Source: OCI distribution-spec, "Pushing blobs".
class UploadService {
 public:
  UploadService(db::Database& database, const Settings& settings, blob::BlobStore& store)
      : db_(database), settings_(settings), store_(store) {}

  /// A new upload. Errors: unauthenticated, repo_unknown and what stops every push.
  awaitable<Result<UploadStatus>> begin(RegistryCaller who, RepoName name);

  /// Where an upload stands. Errors: unauthenticated, upload_unknown (also for one of another repository).
  awaitable<Result<UploadStatus>> status(RegistryCaller who, RepoName name, std::string id);

  /// Adds the body to an upload. Refused with range_not_satisfiable when `range` does not start at its end, or when
  /// another request is appending; the upload stays. What arrived before a client vanished is kept.
  /// Errors: unauthenticated, upload_unknown, payload_too_large, insufficient_storage.
  awaitable<Result<AppendOutcome>> append(RegistryCaller who, RepoName name, std::string id,
                                          std::optional<ChunkRange> range, http::BodyReader* body);

  /// Adds the body and makes it all the blob `digest`, durably. A digest that does not match ends the upload.
  /// Errors: those of append, digest_invalid.
  awaitable<Result<AppendOutcome>> finish(RegistryCaller who, RepoName name, std::string id,
                                          std::optional<ChunkRange> range, Digest digest, http::BodyReader* body);

  /// The whole blob in one request. Errors: as finish.
  awaitable<Result<bool>> push_whole(RegistryCaller who, RepoName name, Digest digest, http::BodyReader* body);

  /// Ends an upload. Errors: unauthenticated, upload_unknown.
  awaitable<Result<bool>> cancel(RegistryCaller who, RepoName name, std::string id);

  /// Ends up to `most` uploads that nobody has touched since `before_ms`, and up to as many leftovers that old. Several
  /// nodes may do so at once.
  awaitable<StaleUploads> end_stale(Millis before_ms, int most);

  /// Makes a blob of another repository visible here, if the caller may read it there; without `from`, if it is
  /// visible here already or in a public repository. Answers false where that is not so: the client then uploads it.
  /// Errors: unauthenticated, repo_unknown and what stops every push.
  awaitable<Result<bool>> mount(RegistryCaller who, RepoName name, Digest digest, std::optional<RepoName> from);

 private:
  awaitable<Result<store::Upload>> find(RegistryCaller who, RepoName name, std::string id, bool pushing);
  awaitable<Result<blob::UploadState>> receive(blob::UploadState state, http::BodyReader* body);
  awaitable<Result<bool>> keep(store::Upload before, blob::UploadState after);
  awaitable<Result<bool>> make_blob(blob::UploadState state, std::int64_t repository_id, Digest digest,
                                    std::optional<std::int64_t> row_bytes);
  awaitable<Result<bool>> is_stored(blob::BlobRef blob, std::uint64_t size_bytes);
  awaitable<Result<bool>> keep_blob(blob::UploadState state, std::int64_t repository_id, Digest sha256, Digest digest,
                                    std::optional<std::int64_t> row_bytes);
  std::optional<Error> too_large(std::uint64_t held_bytes, const http::BodyReader& body) const;

  db::Database& db_;
  const Settings& settings_;
  blob::BlobStore& store_;
};

}  // namespace wharf::service
