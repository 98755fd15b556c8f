#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/names.h"
#include "db/database.h"
#include "db/outage.h"
#include "service/lru.h"
#include "store/blob.h"
#include "store/manifest.h"

namespace wharf::service {

/// What the database said of lately, for the time when it cannot be asked: rows as pulls read them.
///
/// An answer is given again only for `grace_ms` after the database gave it, and only with what was last said of its
/// repository: that it is there, and whether it is public. What the database denied is forgotten at once. Normal pulls
/// write here and never read. Bounded; thread-safe.
class PullMemory {
 public:
  /// `grace_ms` 0: remembers nothing.
  explicit PullMemory(Millis grace_ms) : grace_ms_(grace_ms) {}

  template <class Row>
  struct Remembered {
    Row row;
    Millis at_ms = 0;  ///< When the database said so.
  };

  bool on() const { return grace_ms_ > 0; }
  Millis grace_ms() const { return grace_ms_; }

  /// The database's answer to a pull of `reference` (a tag or a digest): a row, or that there is no such repository.
  void keep(const RepoName& name, const std::string& reference, const std::optional<store::ManifestPull>& row,
            Millis now);
  void keep(const RepoName& name, const std::string& digest, const std::optional<store::BlobPull>& row, Millis now);
  /// The blobs of a manifest that is pulled: whoever pulls it wants them next, perhaps from here.
  void keep_blobs(const RepoName& name, std::int64_t manifest_id, const std::vector<store::BlobPull>& rows, Millis now);

  std::optional<Remembered<store::ManifestPull>> manifest(const RepoName& name, const std::string& reference,
                                                          Millis now);
  std::optional<Remembered<store::BlobPull>> blob(const RepoName& name, const std::string& digest, Millis now);
  /// What a repository was: for who asks for a token. Nothing when it is not known.
  struct Repository {
    std::int64_t id = 0;
    bool is_public = false;
    Millis at_ms = 0;
  };
  std::optional<Repository> repository(const RepoName& name, Millis now);

 private:
  struct Blob {
    store::BlobPull row;
    Millis at_ms = 0;
    std::int64_t manifest_id = 0;  ///< Holds it: as good as the last pull of that. 0: none known.
  };
  static constexpr std::size_t kManifests = 8'192, kBlobs = 16'384, kRepositories = 8'192;

  bool is_good(Millis at_ms, Millis now) const { return now - at_ms <= grace_ms_; }
  std::optional<Repository> repository_locked(const std::string& name, Millis now);
  template <class Row>
  bool note_repository(const std::string& name, const std::optional<Row>& row, Millis now);

  const Millis grace_ms_;
  std::mutex mutex_;
  Lru<Repository> repositories_{kRepositories};
  Lru<Remembered<store::ManifestPull>> manifests_{kManifests};
  Lru<Blob> blobs_{kBlobs};
  Lru<Millis> pulled_{kManifests};  ///< When a manifest was last pulled, by its id.
};

/// What `find` looks up; while the database is gone, and only then, what `remembered()` knows: an optional of the same.
/// Throws what the database throws if that is nothing.
template <class Find, class Remembered>
awaitable<std::invoke_result_t<Find&, db::Tx&>> look_up_or_remember(db::Database& database, Find find,
                                                                    Remembered remembered) {
  if (!db::is_reachable(database)) {
    if (auto known = remembered()) co_return *std::move(known);
  }
  try {
    co_return co_await database.lookup(std::move(find));
  } catch (const Accident& accident) {
    if (accident.error().code != Errc::unavailable || db::is_reachable(database)) throw;
    if (auto known = remembered()) co_return *std::move(known);
    throw;
  }
}

}  // namespace wharf::service
