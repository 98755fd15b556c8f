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

/// What a pull of one manifest finds, in one row.
struct ManifestPull {
  std::int64_t namespace_id = 0;
  std::int64_t repository_id = 0;
  bool is_public = false;
  std::optional<std::int64_t> manifest_id;
  std::optional<std::string> digest;
  std::optional<std::string> media_type;
  std::optional<bool> alive;  ///< A live tag or a live index names it (one level; is_manifest_alive looks deeper).
};
BOOST_DESCRIBE_STRUCT(ManifestPull, (),
                      (namespace_id, repository_id, is_public, manifest_id, digest, media_type, alive))

/// The repository `name` and what its live tag `tag` points to. Nothing when there is no such repository.
std::optional<ManifestPull> find_manifest_by_tag(db::Tx& tx, const RepoName& name, std::string_view tag, Millis now);
/// The same by digest.
std::optional<ManifestPull> find_manifest_by_digest(db::Tx& tx, const RepoName& name, const Digest& digest, Millis now);

/// The bytes of a manifest, as pushed.
std::optional<std::string> manifest_content(db::Tx& tx, std::int64_t manifest_id);

/// Whether a live tag (hidden ones included), or one that moved on within the last hour, names the manifest or an index
/// above it, at any depth.
bool is_manifest_alive(db::Tx& tx, std::int64_t manifest_id, Millis now);

/// A manifest of a repository, without its bytes.
struct Manifest {
  std::int64_t id = 0;
  std::string digest;
  std::string media_type;
  bool is_list = false;
  std::int64_t layers_size_bytes = 0;
  std::int64_t size_bytes = 0;  ///< Of the manifest itself.
};
BOOST_DESCRIBE_STRUCT(Manifest, (), (id, digest, media_type, is_list, layers_size_bytes, size_bytes))

std::optional<Manifest> find_manifest(db::Tx& tx, std::int64_t repository_id, const Digest& digest);

/// The same if a tag shows it: a live one that is not hidden points to it, or to an index that has it.
std::optional<Manifest> find_visible_manifest(db::Tx& tx, std::int64_t repository_id, const Digest& digest, Millis now);

struct NewManifest {
  std::int64_t repository_id = 0;
  Digest digest;
  std::string media_type;
  std::string content;
  bool is_list = false;
  std::int64_t layers_size_bytes = 0;
  std::optional<std::string> config_media_type{};
  std::optional<std::string> artifact_type{};
  std::optional<std::string> subject_digest{};
  std::string annotations = "{}";
  std::string platform{};  ///< "linux/arm64/v8"; "" = none.
};
/// The row's id, and whether it is new.
struct AddedManifest {
  std::int64_t id = 0;
  bool is_new = false;
};
AddedManifest add_manifest(db::Tx& tx, const NewManifest& manifest, Millis now);

/// Ties blobs to a manifest, and brings back into sight those that were deleted.
void add_manifest_blobs(db::Tx& tx, std::int64_t manifest_id, std::int64_t repository_id,
                        const std::vector<std::int64_t>& blob_ids);

/// Brings back into sight the blobs that were deleted while the manifest was dead: it is to live again, and with it
/// what it lists, at any depth.
void show_manifest_blobs(db::Tx& tx, std::int64_t manifest_id);

struct NewChild {
  std::string digest;
  std::optional<std::int64_t> id;  ///< None: not here (a sparse index).
};
void add_manifest_children(db::Tx& tx, std::int64_t manifest_id, const std::vector<NewChild>& children);

/// Keeps every other push of these manifests, or of an index that has one of them, waiting until the transaction ends.
/// For sparse indexes: an index and its missing child would else miss each other when they are pushed at once.
void lock_family(db::Tx& tx, std::int64_t repository_id, const std::vector<Digest>& digests);

/// An index that was pushed before this child gets its link and its size.
void adopt_orphan(db::Tx& tx, std::int64_t repository_id, const Digest& child, std::int64_t child_id);

/// One row of the list of referrers.
struct Referrer {
  std::int64_t id = 0;
  std::string media_type;
  std::string digest;
  std::int64_t size_bytes = 0;
  std::optional<std::string> artifact_type;  ///< The manifest's own, else its configuration's media type.
  std::string annotations;                   ///< JSON.
};
BOOST_DESCRIBE_STRUCT(Referrer, (), (id, media_type, digest, size_bytes, artifact_type, annotations))

/// A manifest as a row of that list, whatever its subject.
std::optional<Referrer> find_referrer(db::Tx& tx, std::int64_t manifest_id);

struct ReferrerFilter {
  std::int64_t repository_id = 0;
  std::string subject;        ///< A digest.
  std::string artifact_type;  ///< Only these; "": all.
  std::int64_t after_id = 0;  ///< Page after this one.
  int limit = 100;
  std::int64_t limit_bytes = 4 * 1024 * 1024;  ///< Of the manifests of one page; one row comes whatever its size.
};
struct ReferrerPage {
  std::vector<Referrer> referrers;
  bool more = false;
};
/// Live manifests whose subject is `filter.subject`, oldest first.
ReferrerPage list_referrers(db::Tx& tx, const ReferrerFilter& filter, Millis now);

}  // namespace wharf::store
