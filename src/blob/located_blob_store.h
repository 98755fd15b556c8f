#pragma once
#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "blob/blob_store.h"

namespace wharf::blob {

/// Blobs in one or several storage locations.
///
/// With several, places and the states of uploads begin with the name of their location (blob/place.h). What has no
/// name, from the time when there was one location, is looked for in each in the configured order, and where it was
/// found is remembered. One location alone gives no names, and answers for all.
/// See docs/adr/0012-storage-locations.md.
class LocatedBlobStore final : public BlobStore {
 public:
  struct Location {
    std::string id;
    std::unique_ptr<BlobStore> store;
  };
  /// `locations` are one at least; new uploads go to the one at `target`.
  LocatedBlobStore(std::vector<Location> locations, std::size_t target)
      : locations_(std::move(locations)), target_(target) {}

  /// Where new blobs go.
  const std::string& target() const { return locations_[target_].id; }
  /// A new upload that goes to the location `id`. Errors: not_found.
  awaitable<Result<UploadState>> begin_in(std::string id);
  /// The location that has the blob; nothing when none has it. Errors: what a location answers that cannot be asked,
  /// where no other has it.
  awaitable<Result<std::optional<std::string>>> locate(BlobRef blob);

  std::vector<std::string> locations() const override;
  awaitable<Result<UploadState>> begin() override;
  awaitable<Result<std::unique_ptr<UploadWriter>>> resume(UploadState state) override;
  awaitable<Result<Digest>> finish(UploadState state) override;
  std::string place_of(const UploadState& state) const override;
  awaitable<Result<Digest>> sha512(UploadState state) override;
  awaitable<Result<bool>> abort(UploadState state) override;
  awaitable<Result<std::optional<BlobInfo>>> stat(BlobRef blob) override;
  awaitable<Result<http::Body>> open(BlobRef blob, std::uint64_t offset, std::uint64_t length_bytes) override;
  awaitable<Result<std::string>> read(BlobRef blob, std::size_t limit_bytes) override;
  awaitable<Result<std::optional<std::string>>> link(BlobRef blob) override;
  awaitable<Result<bool>> remove(BlobRef blob) override;
  awaitable<std::vector<Result<bool>>> remove_all(std::vector<BlobRef> blobs) override;
  /// A location that cannot be listed is passed over where there are others.
  awaitable<Result<std::vector<BlobEntry>>> list(std::string after, std::size_t limit) override;
  awaitable<Result<bool>> remove_place(std::string place) override;
  /// One owner of all locations: `mine` only where each is its own. Asked once more only until that is so.
  awaitable<Result<std::string>> owner(std::string mine, bool may_note) override;
  awaitable<Result<std::vector<StaleUpload>>> uploads_older_than(Millis before_ms) override;
  void count_in(metrics::Registry& metrics) override;
  void stop() override;
  /// Writes to the location of new blobs; the others are asked for a page of their list, as they may be read-only.
  awaitable<Result<bool>> check() override;

 private:
  /// Where something is, and what the location's own store calls it.
  struct Route {
    std::size_t at;
    std::string place;
  };

  bool is_single() const { return locations_.size() == 1; }
  std::optional<std::size_t> index_of(std::string_view id) const;
  std::optional<std::size_t> remembered(const std::string& key);
  void remember(const std::string& key, std::optional<std::size_t> at);
  /// Of a place with a name, or in a single location; nothing where the name is not configured. `unnamed` says that
  /// the place has to be looked for.
  std::optional<Route> route_of(const BlobRef& blob, bool& unnamed) const;
  awaitable<Result<std::optional<Route>>> find(BlobRef blob);
  /// The same. Errors: blob_unknown, and those of `find`.
  awaitable<Result<Route>> must_find(BlobRef blob);
  bool forget_if_gone(const BlobRef& blob, const Error& why);
  std::vector<std::size_t> candidates(const UploadState& state) const;

  const std::vector<Location> locations_;
  const std::size_t target_;
  std::atomic<bool> is_mine_{false};
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> found_;  ///< Of blobs without a name: by digest and place.
};

}  // namespace wharf::blob
