#pragma once
#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "blob/blob_store.h"

/// Test doubles for races at the edge of a blob store.
namespace wharf::service::testing {

/// A body that is there at once.
class TextBody final : public http::BodyReader {
 public:
  explicit TextBody(std::string text) : text_(std::move(text)) {}
  std::optional<std::uint64_t> length() const override { return text_.size(); }
  awaitable<Result<std::size_t>> read_some(std::span<std::byte> buffer) override {
    const auto count = std::min(buffer.size(), text_.size() - at_);
    std::memcpy(buffer.data(), text_.data() + at_, count);
    at_ += count;
    co_return count;
  }

 private:
  const std::string text_;
  std::size_t at_ = 0;
};

/// What happens beside a call to a store; each is called once, and may throw.
struct Hooks {
  std::function<void()> before_open, after_stat, after_finish, before_remove;
  std::atomic<int> finished{0};  ///< Uploads.
  static void call(std::function<void()>& hook) {
    if (auto once = std::exchange(hook, nullptr)) once();
  }
};

/// A store with somebody who looks on. `hooks` outlives it.
class HookedStore final : public blob::BlobStore {
 public:
  HookedStore(std::unique_ptr<blob::BlobStore> inner, Hooks& hooks) : inner_(std::move(inner)), hooks_(hooks) {}

  awaitable<Result<blob::UploadState>> begin() override { return inner_->begin(); }
  awaitable<Result<std::unique_ptr<blob::UploadWriter>>> resume(blob::UploadState state) override {
    return inner_->resume(std::move(state));
  }
  awaitable<Result<Digest>> finish(blob::UploadState state) override {
    ++hooks_.finished;
    auto digest = co_await inner_->finish(std::move(state));
    Hooks::call(hooks_.after_finish);
    co_return digest;
  }
  awaitable<Result<Digest>> sha512(blob::UploadState state) override { return inner_->sha512(std::move(state)); }
  awaitable<Result<bool>> abort(blob::UploadState state) override { return inner_->abort(std::move(state)); }
  awaitable<Result<std::optional<blob::BlobInfo>>> stat(blob::BlobRef digest) override {
    auto info = co_await inner_->stat(std::move(digest));
    Hooks::call(hooks_.after_stat);
    co_return info;
  }
  awaitable<Result<http::Body>> open(blob::BlobRef digest, std::uint64_t offset, std::uint64_t length_bytes) override {
    Hooks::call(hooks_.before_open);
    co_return co_await inner_->open(std::move(digest), offset, length_bytes);
  }
  awaitable<Result<std::string>> read(blob::BlobRef digest, std::size_t limit_bytes) override {
    return inner_->read(std::move(digest), limit_bytes);
  }
  awaitable<Result<bool>> remove(blob::BlobRef digest) override {
    Hooks::call(hooks_.before_remove);
    co_return co_await inner_->remove(std::move(digest));
  }
  awaitable<Result<std::vector<blob::BlobEntry>>> list(std::string after, std::size_t limit) override {
    return inner_->list(std::move(after), limit);
  }
  awaitable<Result<std::vector<blob::StaleUpload>>> uploads_older_than(Millis before_ms) override {
    return inner_->uploads_older_than(before_ms);
  }
  awaitable<Result<bool>> check() override { return inner_->check(); }

 private:
  const std::unique_ptr<blob::BlobStore> inner_;
  Hooks& hooks_;
};

}  // namespace wharf::service::testing
