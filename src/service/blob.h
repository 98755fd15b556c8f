#pragma once
#include <cstdint>
#include <string>

#include "base/async.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/names.h"
#include "blob/blob_store.h"
#include "db/database.h"
#include "service/manifest.h"
#include "service/settings.h"

namespace wharf::service {

struct FoundBlob {
  blob::BlobRef stored;  ///< As the blob store has it.
  std::uint64_t size_bytes = 0;
};

/// Blobs as the registry protocol reads and deletes them: visible in a repository when one of its manifests has them
/// or when they were uploaded or mounted there within the last hour.
class BlobService {
 public:
  BlobService(db::Database& database, const Settings& settings, blob::BlobStore& store, PullMemory& memory)
      : db_(database), settings_(settings), store_(store), memory_(memory) {}

  /// One indexed read; while the database is gone, what it said before.
  /// Errors: unauthenticated, repo_unknown, blob_unknown. Throws Accident{unavailable}.
  awaitable<Result<FoundBlob>> find(RegistryCaller who, RepoName name, Digest digest);

  /// `length_bytes` bytes of a found blob from `offset`. Errors: blob_unknown.
  awaitable<Result<http::Body>> open(FoundBlob blob, std::uint64_t offset, std::uint64_t length_bytes);

  /// Where a client may read a found blob by itself, if the configuration and the blob store let it.
  /// Errors: unavailable.
  awaitable<Result<std::optional<std::string>>> link(FoundBlob blob);

  /// Takes the blob out of the repository's sight; its bytes go when nothing else holds them.
  /// Errors: unauthenticated, repo_unknown, blob_unknown, unsupported when a live manifest there needs it.
  awaitable<Result<bool>> remove(RegistryCaller who, RepoName name, Digest digest);

 private:
  std::optional<Result<FoundBlob>> remembered(const RegistryCaller& who, const RepoName& name, const Digest& digest);

  db::Database& db_;
  const Settings& settings_;
  blob::BlobStore& store_;
  PullMemory& memory_;
};

}  // namespace wharf::service
