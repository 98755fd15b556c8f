#pragma once
#include <atomic>
#include <boost/describe.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/async.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/names.h"
#include "db/database.h"
#include "service/content_cache.h"
#include "service/image_config.h"
#include "service/manifest_document.h"
#include "service/page_token.h"
#include "service/pull_memory.h"
#include "service/referrer.h"
#include "service/registry_access.h"
#include "service/registry_audit.h"
#include "service/tools.h"
#include "store/manifest.h"

namespace wharf::service {

/// How the registry protocol names a manifest.
using Reference = std::variant<std::string, Digest>;  ///< A tag, or a digest.

struct PulledManifest {
  std::int64_t namespace_id = 0;
  std::int64_t repository_id = 0;
  std::int64_t manifest_id = 0;
  std::string digest;
  std::string media_type;
  std::shared_ptr<const std::string> content;
  std::optional<Millis> as_of_ms{};  ///< The database cannot be asked: it said so then.
};

struct PushedManifest {
  std::int64_t repository_id = 0;
  Digest digest;
  std::optional<std::string> subject;  ///< Digest that the OCI-Subject header repeats.
};

struct ReferrersPage {
  std::vector<store::Referrer> referrers;
  std::int64_t next_after = 0;  ///< Where the next page goes on; 0: this is the last.
};

struct ReferrerViewPage {
  std::vector<ReferrerView> referrers;
  std::string next_page;  ///< "" on the last page.
};

/// A manifest as the API shows it.
struct ManifestView {
  std::string digest;
  std::string content;  ///< As pushed.
  bool is_list = false;
  std::optional<std::string> config_media_type;
  std::int64_t layers_size_bytes = 0;  ///< 0 of a list.
  std::string config;                  ///< An image's configuration as pushed; "" where there is none.
  std::vector<ImageLayer> layers;      ///< None of a list.
  std::optional<std::string> model_card;
};

/// Manifests as the registry protocol pushes, pulls and deletes them.
///
/// A token's grants decide, and for reading that the repository is public; a name that the caller may not know
/// answers `unauthenticated` like one that does not exist. Source: OCI distribution-spec 1.1.
class ManifestService {
 public:
  ManifestService(const Tools& tools, ContentCache& cache, PullMemory& memory)
      : db_(tools.db),
        settings_(tools.settings),
        blobs_(tools.blobs),
        cache_(cache),
        memory_(memory),
        pages_(tools.key) {}

  /// One indexed read; the bytes come from memory when the digest was pulled lately. While the database is gone, all of
  /// it comes from memory, and `as_of_ms` says from when.
  /// Errors: unauthenticated, repo_unknown, manifest_unknown, tag_expired. Throws Accident{unavailable}.
  awaitable<Result<PulledManifest>> pull(RegistryCaller who, RepoName name, Reference reference);

  /// Keeps the manifest with the labels that it brings along, and makes or moves the tag, in one transaction. By digest
  /// alone it is held for an hour, or as long as its subject when it has one.
  /// Errors: unauthenticated, repo_unknown, digest_invalid, tag_invalid, tag_immutable, manifest_invalid,
  /// manifest_type_unsupported, manifest_blob_unknown.
  awaitable<Result<PushedManifest>> push(RegistryCaller who, Origin origin, RepoName name, Reference reference,
                                         std::string content_type, std::string content);

  /// The sizes of the layers of all images that were pushed since the start; for metrics.
  std::uint64_t pushed_bytes() const { return pushed_bytes_.load(std::memory_order_relaxed); }

  /// A tag: ends it. A digest: ends every live tag of the manifest; an immutable one stops it all.
  /// Errors: unauthenticated, repo_unknown, manifest_unknown, tag_immutable.
  awaitable<Result<bool>> remove(RegistryCaller who, Origin origin, RepoName name, Reference reference);

  /// Live manifests with this subject, and those that an index tagged "<algorithm>-<hex>" names (the scheme of
  /// clients before 1.1). An unknown subject has none.
  awaitable<Result<ReferrersPage>> referrers(RegistryCaller who, RepoName name, Digest subject,
                                             std::string artifact_type, std::int64_t after_id);

  /// A manifest that a tag shows (itself, or an index above), with its layers and, if wanted, the model card among
  /// them. Errors: those of auth::require for reading; not_found. Source: Quay, "getRepoManifest".
  awaitable<Result<ManifestView>> view(auth::Principal who, RepoName name, std::string digest, bool with_model_card);

  /// What refers to a manifest that a tag shows: by subject 100 a page, oldest first; on the first page also what tags
  /// made of its digest name. `page` is a next_page, "" for the first one.
  /// Errors: those of auth::require for reading; not_found.
  awaitable<Result<ReferrerViewPage>> list_referrers(auth::Principal who, RepoName name, std::string digest,
                                                     std::string page);

  /// Names of live tags after `last`, in byte order; one more than `limit` tells of a next page.
  awaitable<Result<std::vector<std::string>>> tags(RegistryCaller who, RepoName name, std::string last, int limit);

  /// "ns/name" after `last`, of what the caller may see, by name.
  awaitable<Result<std::vector<std::string>>> catalog(RegistryCaller who, std::string last, int limit);

 private:
  std::optional<Result<PulledManifest>> remembered(const RegistryCaller& who, const RepoName& name,
                                                   const Reference& reference);
  awaitable<Result<std::string>> read_config(std::optional<Descriptor> config, std::int64_t limit_bytes);
  awaitable<Result<std::string>> read_small(Digest digest, std::int64_t limit_bytes);

  db::Database& db_;
  const Settings& settings_;
  blob::BlobStore& blobs_;
  ContentCache& cache_;
  PullMemory& memory_;
  const PageTokens pages_;
  std::atomic<std::uint64_t> pushed_bytes_ = 0;
};

}  // namespace wharf::service
