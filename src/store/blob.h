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
  std::optional<std::string> place;  ///< Where the blob store has it; "": by its digest.
};
BOOST_DESCRIBE_STRUCT(BlobPull, (), (repository_id, is_public, digest, size_bytes, place))

/// Whether there is any blob.
bool has_blobs(db::Tx& tx);

/// The repository `name` and the blob `digest` in it, if a manifest of it has the blob or it was uploaded lately.
/// Nothing when there is no such repository.
std::optional<BlobPull> find_blob_for_pull(db::Tx& tx, const RepoName& name, const Digest& digest, Millis now);

/// The blobs of a manifest, as far as they show, as pulls by their sha256 find them; at most 1000. `is_public` is not
/// looked up.
std::vector<BlobPull> blobs_of_manifest(db::Tx& tx, std::int64_t manifest_id);

/// How the blob store knows bytes: by their sha256 and, where they lie elsewhere, their place.
struct StoredBlob {
  std::string digest;
  std::string place;
};
BOOST_DESCRIBE_STRUCT(StoredBlob, (), (digest, place))

/// Where the blob store has the bytes of `digest`; nothing where there are none.
std::optional<StoredBlob> find_stored_blob(db::Tx& tx, const Digest& digest);

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

/// The row of a blob as `add_blob` leaves it.
struct BlobRecord {
  std::int64_t id = 0;
  std::string place;
};
BOOST_DESCRIBE_STRUCT(BlobRecord, (), (id, place))

/// Where an upload has put a blob's bytes.
struct BlobPlace {
  std::string place;
  std::optional<std::string> instead_of;  ///< A place where they were said to be and are not.
};
/// The row of a blob whose bytes are in the blob store, made if it is new. One that is there keeps its place, but for
/// the one that is wrong.
BlobRecord add_blob_at(db::Tx& tx, const Digest& sha256, std::int64_t size_bytes, const BlobPlace& where, Millis now);
/// The same of bytes that lie by their digest; answers the row's id.
std::int64_t add_blob(db::Tx& tx, const Digest& sha256, std::int64_t size_bytes, Millis now);
/// Another digest of the same bytes.
void add_blob_alias(db::Tx& tx, const Digest& digest, std::int64_t blob_id);
/// Makes the blob visible in the repository until `expires`, or longer if it is already.
void link_blob(db::Tx& tx, std::int64_t repository_id, std::int64_t blob_id, Millis expires);

/// Takes the blob out of the repository's sight. Answers false when a live manifest there needs it.
bool unlink_blob(db::Tx& tx, std::int64_t repository_id, std::int64_t blob_id, Millis now);

}  // namespace wharf::store
