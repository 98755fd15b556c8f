#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "base/clock.h"
#include "base/random.h"
#include "blob/backends.h"
#include "blob/sha256.h"

namespace wharf::blob {
namespace {

using Content = std::shared_ptr<const std::string>;

struct Upload {
  std::string bytes;
  Millis modified_ms = 0;
};

struct Blob {
  Content content;
  Millis since_ms = 0;
};

struct Shelf {
  std::mutex mutex;
  std::map<std::string, Upload> uploads;
  std::map<Digest, Blob> blobs;
};

Error unknown_upload() { return Error{Errc::upload_unknown, "The upload is not known"}; }

Error unknown_blob(const Digest& digest) {
  return Error{Errc::blob_unknown, "The blob is not known", {}, digest.text()};
}

/// The bytes that `state` speaks of. Errors: upload_unknown when they are not there, or are others.
Result<std::string> bytes_of(Shelf& shelf, const UploadState& state) {
  auto hash = Sha256::resume(state.hash);
  if (!hash) return hash.error();
  if (hash->size_bytes() != state.size_bytes) return Error{Errc::upload_invalid, "The upload cannot be continued"};
  const std::lock_guard lock(shelf.mutex);
  const auto found = shelf.uploads.find(state.id);
  if (found == shelf.uploads.end() || found->second.bytes.size() < state.size_bytes) return unknown_upload();
  auto bytes = found->second.bytes.substr(0, static_cast<std::size_t>(state.size_bytes));
  if (Digest::of(bytes) != hash->digest()) return unknown_upload();
  return bytes;
}

class MemoryUploadWriter final : public UploadWriter {
 public:
  MemoryUploadWriter(std::shared_ptr<Shelf> shelf, UploadState state, std::string bytes)
      : shelf_(std::move(shelf)), state_(std::move(state)), bytes_(std::move(bytes)) {}

  awaitable<Result<std::span<std::byte>>> buffer() override { co_return std::as_writable_bytes(std::span(piece_)); }

  void commit(std::size_t count) override { bytes_.append(piece_.data(), count); }

  awaitable<Result<UploadState>> pause() override {
    auto hash = Sha256::resume(state_.hash);
    if (!hash) co_return hash.error();
    hash->update(std::as_bytes(std::span(bytes_)).subspan(static_cast<std::size_t>(state_.size_bytes)));
    state_.hash = hash->state();
    state_.size_bytes = bytes_.size();
    const std::lock_guard lock(shelf_->mutex);
    const auto found = shelf_->uploads.find(state_.id);
    if (found == shelf_->uploads.end()) co_return unknown_upload();
    found->second = Upload{std::move(bytes_), now_ms()};
    co_return state_;
  }

 private:
  std::shared_ptr<Shelf> shelf_;
  UploadState state_;
  std::string bytes_;
  std::string piece_ = std::string(64 * 1024, '\0');
};

class MemoryBlobStore final : public BlobStore {
 public:
  awaitable<Result<UploadState>> begin() override {
    UploadState state{.id = random_uuid(), .size_bytes = 0, .hash = Sha256().state(), .backend = {}};
    const std::lock_guard lock(shelf_->mutex);
    shelf_->uploads[state.id] = Upload{{}, now_ms()};
    co_return state;
  }

  awaitable<Result<std::unique_ptr<UploadWriter>>> resume(UploadState state) override {
    auto bytes = bytes_of(*shelf_, state);
    if (!bytes) co_return bytes.error();
    co_return std::make_unique<MemoryUploadWriter>(shelf_, std::move(state), std::move(*bytes));
  }

  awaitable<Result<Digest>> finish(UploadState state) override {
    auto hash = Sha256::resume(state.hash);
    if (!hash) co_return hash.error();
    const auto digest = hash->digest();
    if (find(digest)) {
      const std::lock_guard lock(shelf_->mutex);
      shelf_->uploads.erase(state.id);
      co_return digest;
    }
    auto bytes = bytes_of(*shelf_, state);
    if (!bytes) co_return bytes.error();
    const std::lock_guard lock(shelf_->mutex);
    shelf_->uploads.erase(state.id);
    shelf_->blobs.emplace(digest, Blob{std::make_shared<const std::string>(std::move(*bytes)), now_ms()});
    co_return digest;
  }

  awaitable<Result<Digest>> sha512(UploadState state) override {
    auto bytes = bytes_of(*shelf_, state);
    if (!bytes) co_return bytes.error();
    co_return Digest::of(*bytes, "sha512");
  }

  awaitable<Result<bool>> abort(UploadState state) override {
    const std::lock_guard lock(shelf_->mutex);
    co_return shelf_->uploads.erase(state.id) > 0;
  }

  awaitable<Result<std::optional<BlobInfo>>> stat(BlobRef blob) override {
    std::optional<BlobInfo> info;
    if (const auto content = find(blob.digest)) info = BlobInfo{content->size()};
    co_return info;
  }

  awaitable<Result<http::Body>> open(BlobRef blob, std::uint64_t offset, std::uint64_t length_bytes) override {
    const auto content = find(blob.digest);
    if (!content) co_return unknown_blob(blob.digest);
    if (offset == 0 && length_bytes == content->size()) co_return http::Body(content);
    co_return http::Body(content->substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(length_bytes)));
  }

  awaitable<Result<std::string>> read(BlobRef blob, std::size_t limit_bytes) override {
    const auto content = find(blob.digest);
    if (!content) co_return unknown_blob(blob.digest);
    if (content->size() > limit_bytes) co_return Error{Errc::payload_too_large, "The blob is too large"};
    co_return *content;
  }

  awaitable<Result<bool>> remove(BlobRef blob) override {
    const std::lock_guard lock(shelf_->mutex);
    co_return shelf_->blobs.erase(blob.digest) > 0;
  }

  awaitable<Result<std::vector<BlobEntry>>> list(std::string after, std::size_t limit) override {
    std::vector<BlobEntry> entries;
    const std::lock_guard lock(shelf_->mutex);
    for (const auto& [digest, blob] : shelf_->blobs) {
      if (entries.size() >= limit) break;
      if (digest.text() > after) entries.push_back({digest, {}, blob.content->size(), blob.since_ms});
    }
    co_return entries;
  }

  awaitable<Result<std::vector<StaleUpload>>> uploads_older_than(Millis before_ms) override {
    std::vector<StaleUpload> stale;
    const std::lock_guard lock(shelf_->mutex);
    for (const auto& [id, upload] : shelf_->uploads) {
      if (upload.modified_ms < before_ms) stale.push_back({id, upload.bytes.size(), upload.modified_ms});
    }
    co_return stale;
  }

  awaitable<Result<bool>> check() override { co_return true; }

 private:
  Content find(const Digest& digest) {
    const std::lock_guard lock(shelf_->mutex);
    const auto found = shelf_->blobs.find(digest);
    return found == shelf_->blobs.end() ? nullptr : found->second.content;
  }

  std::shared_ptr<Shelf> shelf_ = std::make_shared<Shelf>();
};

}  // namespace

std::unique_ptr<BlobStore> make_memory_blob_store() { return std::make_unique<MemoryBlobStore>(); }

}  // namespace wharf::blob
