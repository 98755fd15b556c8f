#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include "blob/fs_folders.h"
#include "blob/fs_upload.h"
#include "blob/s3_state.h"
#include "blob/s3_xml.h"
#include "blob/wakeup.h"

namespace wharf::blob {
namespace {

// What S3 takes as a part that others follow.
constexpr std::uint64_t kLeastPart = 5 * 1024 * 1024;
constexpr std::size_t kMostParts = 10'000;
// A part's memory grows by this while bytes come.
constexpr std::size_t kStep = 1024 * 1024;
// Of all uploads together. Beyond it parts are as small as S3 takes them, and nothing is read ahead of a part that is
// on its way: an upload holds one part, however many there are.
constexpr std::uint64_t kPlentyBytes = 256 * 1024 * 1024;

std::atomic<std::uint64_t> bytes_held{0};

/// The bytes of one part, counted.
class Piece {
 public:
  Piece() = default;
  ~Piece() { bytes_held -= bytes_->size(); }
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;

  void resize(std::size_t size) {
    bytes_held += size;
    bytes_held -= bytes_->size();
    bytes_->resize(size);
  }
  std::string& bytes() { return *bytes_; }
  std::shared_ptr<const std::string> shared() const { return bytes_; }

  std::size_t used = 0;
  std::size_t hashed = 0;  ///< By an earlier request.

 private:
  std::shared_ptr<std::string> bytes_ = std::make_shared<std::string>();
};

/// What a writer shares with the part that is on its way. All of it happens on the writer's event loop.
struct Progress {
  std::shared_ptr<S3Client> client;
  boost::asio::thread_pool& pool;
  UploadState start;
  S3UploadState state;
  Sha256 hash;
  std::optional<Error> failure;
  bool sending = false;
  std::unique_ptr<Wakeup> waiter;
};

/// Hashes a part twice, for the blob and for the request, on the pool. Answers the part's sha256.
awaitable<Result<std::string>> hash_part(std::shared_ptr<Progress> progress, std::shared_ptr<Piece> piece) {
  auto job = [progress, piece]() -> Result<std::string> {
    progress->hash.update(std::as_bytes(std::span(piece->bytes())).subspan(piece->hashed));
    return sha256_hex(piece->bytes());
  };
  co_return co_await run_on(progress->pool, std::move(job));
}

/// Source: AWS, CreateMultipartUpload.
awaitable<Result<bool>> begin_parts(std::shared_ptr<Progress> progress) {
  auto key = s3_new_key(progress->start.id);
  S3Request request;
  request.call = S3Call::begin_parts;
  request.method = "POST";
  request.key = key;
  request.query = {{"uploads", ""}};
  request.headers = {{"content-type", "application/octet-stream"}};
  auto reply = co_await progress->client->send(std::move(request));
  if (!reply) co_return reply.error();
  if (reply->status != 200) co_return S3Client::failure(*reply);
  progress->state.parts_id = xml_text(reply->body, "UploadId");
  progress->state.key = std::move(key);
  if (progress->state.parts_id.empty()) {
    co_return Error{Errc::unavailable, "The object store's reply is not valid", "a multipart upload has no UploadId"};
  }
  co_return true;
}

awaitable<Result<bool>> send_part(std::shared_ptr<Progress> progress, std::shared_ptr<Piece> piece) {
  if (progress->state.etags.size() >= kMostParts) {
    co_return Error{Errc::payload_too_large, "The blob is larger than the object store takes"};
  }
  auto sha256 = co_await hash_part(progress, piece);
  if (!sha256) co_return sha256.error();
  if (progress->state.key.empty()) {
    auto begun = co_await begin_parts(progress);
    if (!begun) co_return begun;
  }
  auto etag = co_await s3_put_part(progress->client, progress->state, progress->state.etags.size() + 1, piece->shared(),
                                   std::move(*sha256));
  if (!etag) co_return etag.error();
  progress->state.etags.push_back(std::move(*etag));
  co_return true;
}

awaitable<void> send_behind(std::shared_ptr<Progress> progress, std::shared_ptr<Piece> piece) {
  try {
    auto sent = co_await send_part(progress, std::move(piece));
    if (!sent) progress->failure = sent.error();
  } catch (const Accident& accident) {
    progress->failure = accident.error();
  }
  progress->sending = false;
  if (progress->waiter) std::exchange(progress->waiter, nullptr)->wake();
}

/// Bytes that are too few for a part become an object of their own.
awaitable<Result<bool>> put_tail(std::shared_ptr<Progress> progress, std::shared_ptr<Piece> piece) {
  auto sha256 = co_await hash_part(progress, piece);
  if (!sha256) co_return sha256.error();
  S3Request request;
  request.call = S3Call::put;
  request.method = "PUT";
  request.key = s3_new_key(progress->start.id);
  request.headers = {{"content-type", "application/octet-stream"}};
  request.body = piece->shared();
  request.body_sha256 = std::move(*sha256);
  auto& state = progress->state;
  auto key = request.key;
  auto reply = co_await progress->client->send(std::move(request));
  if (!reply) co_return reply.error();
  if (reply->status != 200) co_return S3Client::failure(*reply);
  state.tail = std::move(key);
  state.tail_bytes = piece->bytes().size();
  state.tail_etag = s3_etag(*reply);
  co_return true;
}

class S3UploadWriter final : public UploadWriter {
 public:
  S3UploadWriter(std::shared_ptr<Progress> progress, std::shared_ptr<Piece> tail)
      : progress_(std::move(progress)), filling_(std::move(tail)), size_bytes_(progress_->start.size_bytes) {}

  awaitable<Result<std::span<std::byte>>> buffer() override {
    if (progress_->failure) co_return *progress_->failure;
    if (filling_ && filling_->used >= part_bytes()) {
      auto sent = co_await send();
      if (!sent) co_return sent.error();
    }
    if (!filling_) filling_ = std::make_shared<Piece>();
    if (filling_->used == filling_->bytes().size()) {
      const auto room = static_cast<std::size_t>(part_bytes()) - filling_->used;
      filling_->resize(filling_->used + std::min(room, kStep));
    }
    co_return std::as_writable_bytes(std::span(filling_->bytes())).subspan(filling_->used);
  }

  void commit(std::size_t count) override {
    filling_->used += count;
    size_bytes_ += count;
  }

  awaitable<Result<UploadState>> pause() override {
    auto last = std::move(filling_);
    auto settled = co_await wait();
    if (!settled) co_return settled.error();
    if (size_bytes_ == progress_->start.size_bytes) co_return progress_->start;
    auto& state = progress_->state;
    state.old_tail = std::exchange(state.tail, {});
    state.tail_bytes = 0;
    state.tail_etag.clear();
    if (last && last->used > 0) {
      last->resize(last->used);
      const bool is_part = last->used >= kLeastPart && !state.key.empty();
      auto kept = is_part ? co_await send_part(progress_, last) : co_await put_tail(progress_, last);
      if (!kept) co_return kept.error();
    }
    co_return UploadState{
        .id = progress_->start.id, .size_bytes = size_bytes_, .hash = progress_->hash.state(), .backend = state.text()};
  }

 private:
  bool is_tight() const { return bytes_held > kPlentyBytes; }

  std::uint64_t part_bytes() const {
    const auto number = progress_->state.etags.size() + 1 + (progress_->sending ? 1 : 0);
    const auto wanted = s3_part_bytes(progress_->client->options(), number);
    // Small parts are for the beginning: 10,000 of them are all there are.
    return is_tight() && number < 2000 ? std::min(wanted, kLeastPart) : wanted;
  }

  awaitable<Result<bool>> wait() {
    auto arm = [progress = progress_](std::unique_ptr<Wakeup> wakeup) { progress->waiter = std::move(wakeup); };
    if (progress_->sending) co_await suspend(std::move(arm));
    if (progress_->failure) co_return *progress_->failure;
    co_return true;
  }

  /// Sends what is full, behind the caller; one at a time, so that hash and parts stay in order.
  awaitable<Result<bool>> send() {
    auto settled = co_await wait();
    if (!settled) co_return settled;
    filling_->resize(filling_->used);
    progress_->sending = true;
    const auto loop = co_await boost::asio::this_coro::executor;
    auto over = [](std::exception_ptr) {};
    boost::asio::co_spawn(loop, send_behind(progress_, std::exchange(filling_, nullptr)), over);
    if (is_tight()) co_return co_await wait();
    co_return true;
  }

  std::shared_ptr<Progress> progress_;
  std::shared_ptr<Piece> filling_;
  std::uint64_t size_bytes_;
};

/// The bytes that an earlier request left over.
awaitable<Result<std::shared_ptr<Piece>>> get_tail(std::shared_ptr<S3Client> client, S3UploadState state) {
  auto piece = std::make_shared<Piece>();
  if (state.tail.empty()) co_return piece;
  S3Request request;
  request.key = state.tail;
  request.largest_reply_bytes = static_cast<std::size_t>(state.tail_bytes);
  auto reply = co_await client->send(std::move(request));
  if (!reply) co_return reply.error();
  if (reply->status == 404) co_return s3_unknown_upload();
  if (reply->status != 200) co_return S3Client::failure(*reply);
  if (reply->body.size() != state.tail_bytes) co_return s3_unknown_upload();
  piece->resize(reply->body.size());
  piece->bytes() = std::move(reply->body);
  piece->used = piece->hashed = piece->bytes().size();
  co_return piece;
}

}  // namespace

awaitable<Result<std::unique_ptr<UploadWriter>>> make_s3_writer(std::shared_ptr<S3Client> client,
                                                                boost::asio::thread_pool& pool, UploadState state) {
  if (!is_upload_id(state.id)) co_return s3_unknown_upload();
  auto hash = hash_of(state);
  if (!hash) co_return hash.error();
  auto parsed = S3UploadState::parse(state.backend);
  if (!parsed) co_return parsed.error();
  if (state.size_bytes > 0 && parsed->key.empty() && parsed->tail.empty()) co_return s3_unknown_upload();
  auto tail = co_await get_tail(client, *parsed);
  if (!tail) co_return tail.error();
  if (!parsed->old_tail.empty()) {
    // The database knows of the newer one: nobody asks for this one any more.
    std::vector<std::string> old{std::exchange(parsed->old_tail, {})};
    (void)co_await client->remove(std::move(old));
  }
  auto progress = std::make_shared<Progress>(Progress{.client = std::move(client),
                                                      .pool = pool,
                                                      .start = std::move(state),
                                                      .state = std::move(*parsed),
                                                      .hash = std::move(*hash)});
  co_return std::make_unique<S3UploadWriter>(std::move(progress), (*tail)->used == 0 ? nullptr : *tail);
}

}  // namespace wharf::blob
