#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/names.h"
#include "db/database.h"

namespace wharf::store {

/// What a pull of one blob finds, in one row.
struct BlobPull {
  std::int64_t repository_id = 0;
  bool is_public = false;
  std::optional<std::string> digest;  ///< sha256; empty: not visible in this repository.
  std::optional<std::int64_t> size_bytes;
};
BOOST_DESCRIBE_STRUCT(BlobPull, (), (repository_id, is_public, digest, size_bytes))

/// The repository `name` and the blob `digest` in it, if a manifest of it has the blob or it was uploaded lately.
/// Nothing when there is no such repository.
std::optional<BlobPull> find_blob_for_pull(db::Tx& tx, const RepoName& name, const Digest& digest, Millis now);

/// The sha256 under which the blob store has the bytes of `digest`; nothing where there are none.
std::optional<Digest> find_blob_sha256(db::Tx& tx, const Digest& digest);

/// A blob that is visible in a repository.
struct VisibleBlob {
  std::int64_t id = 0;
  std::string digest;  ///< As it was asked for.
  std::int64_t size_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(VisibleBlob, (), (id, digest, size_bytes))

/// Those of `digests` that are visible in the repository; 16 a statement.
std::vector<VisibleBlob> find_visible_blobs(db::Tx& tx, std::int64_t repository_id, const std::vector<Digest>& digests,
                                            Millis now);

/// The blob `digest` if anybody may read it: a manifest of a public repository has it.
std::optional<VisibleBlob> find_public_blob(db::Tx& tx, const Digest& digest);

/// The row of a blob whose bytes are in the blob store, made if it is new.
std::int64_t add_blob(db::Tx& tx, const Digest& sha256, std::int64_t size_bytes, Millis now);
/// Another digest of the same bytes.
void add_blob_alias(db::Tx& tx, const Digest& digest, std::int64_t blob_id);
/// Makes the blob visible in the repository until `expires`, or longer if it is already.
void link_blob(db::Tx& tx, std::int64_t repository_id, std::int64_t blob_id, Millis expires);

/// Takes the blob out of the repository's sight. Answers false when a live manifest there needs it.
bool unlink_blob(db::Tx& tx, std::int64_t repository_id, std::int64_t blob_id, Millis now);

}  // namespace wharf::store
