#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>

#include "base/log.h"
#include "blob/fs_folders.h"
#include "blob/fs_upload.h"
#include "blob/s3_state.h"
#include "blob/s3_xml.h"
#include "blob/wakeup.h"

namespace wharf::blob {
namespace {

constexpr std::size_t kMostParts = 10'000;

/// Bytes that came one after the other, in memory that is counted.
struct Chunk {
  std::string bytes;
  std::size_t used = 0;
  bool hashed = false;  ///< By an earlier request.
  std::string key;      ///< Where the store has them already; "": nowhere.
  Allowance::Share share;

  bool is_full() const { return used == bytes.size(); }
};

/// Bytes that the store keeps for a while, as an object of their own. The blob's hash has seen them.
struct Spilled {
  std::string key;
  std::uint64_t size_bytes = 0;
};

/// What becomes a part, or an object: what was spilled, and what came after it.
struct Piece {
  std::vector<Spilled> spilled;
  std::vector<Chunk> chunks;
  std::uint64_t size_bytes = 0;
};

/// What a writer shares with what goes on behind it. All of it happens on the writer's event loop.
struct Progress {
  std::shared_ptr<S3Client> client;
  std::shared_ptr<S3UploadMemory> memory;
  boost::asio::thread_pool& pool;
  UploadState start;
  S3UploadState state;
  Sha256 hash;
  std::string kept;  ///< The tail that the database knows of: to be left alone until it has moved on.
  Piece filling;
  std::optional<Error> failure;
  bool busy =
      false;  ///< Something of it is on its way to the store: one thing at a time, so hash and parts stay in order.
  bool parting = false;  ///< And that is a part.
  bool over = false;
  std::unique_ptr<Wakeup> waiter;
};

/// A piece on its way: the bytes of a request, and the memory that they are in.
struct Loaded {
  S3Body body;
  std::string sha256;
  std::uint64_t size_bytes = 0;
  std::vector<Allowance::Share> shares;
};

void end_work(Progress& progress) {
  progress.busy = progress.parting = false;
  if (progress.waiter) std::exchange(progress.waiter, nullptr)->wake();
}

/// Runs `work` and keeps what it failed with, whatever that is: somebody waits for its end.
template <class Work>
awaitable<void> work_behind(std::shared_ptr<Progress> progress, Work work) {
  try {
    auto done = co_await std::move(work);
    if (!done) progress->failure = done.error();
  } catch (const Accident& accident) {
    progress->failure = accident.error();
  } catch (const std::exception& unexpected) {
    progress->failure = Error{Errc::internal, "The upload failed", unexpected.what()};
  } catch (...) {
    progress->failure = Error{Errc::internal, "The upload failed"};
  }
  end_work(*progress);
}

/// Reads back what was spilled, and hashes it all twice, for the blob and for the request, on the pool.
awaitable<Result<Loaded>> load(std::shared_ptr<Progress> progress, std::shared_ptr<Piece> piece) {
  Loaded loaded;
  std::vector<std::string> pieces;
  std::uint64_t away = 0;
  for (const auto& part : piece->spilled) away += part.size_bytes;
  if (away > 0) {
    auto share = co_await progress->client->turn(progress->memory->assembly, away);
    if (!share) co_return share.error();
    loaded.shares.push_back(std::move(*share));
  }
  for (const auto& part : piece->spilled) {
    auto bytes = co_await s3_get_whole(progress->client, part.key, part.size_bytes);
    if (!bytes) co_return bytes.error();
    pieces.push_back(std::move(*bytes));
  }
  const auto seen = pieces.size();
  for (auto& chunk : piece->chunks) {
    chunk.bytes.resize(chunk.used);
    pieces.push_back(std::move(chunk.bytes));
    loaded.shares.push_back(std::move(chunk.share));
  }
  auto all = std::make_shared<const std::vector<std::string>>(std::move(pieces));
  auto job = [progress, piece, all, seen] {
    Sha256 own;
    for (std::size_t i = 0; i < all->size(); ++i) {
      const auto bytes = std::as_bytes(std::span((*all)[i]));
      own.update(bytes);
      if (i >= seen && !piece->chunks[i - seen].hashed) progress->hash.update(bytes);
    }
    return own;
  };
  const auto own = co_await run_on(progress->pool, std::move(job));
  loaded.sha256 = own.digest().hex();
  loaded.size_bytes = own.size_bytes();
  loaded.body = std::move(all);
  co_return loaded;
}

/// What was spilled has become part of something else. What cannot be deleted now is found as bytes that nobody has.
awaitable<Result<bool>> drop_spilled(std::shared_ptr<Progress> progress, std::shared_ptr<Piece> piece) {
  std::vector<std::string> keys;
  for (auto& part : piece->spilled) {
    if (part.key != progress->kept) keys.push_back(std::move(part.key));
  }
  if (!keys.empty()) (void)co_await progress->client->remove(std::move(keys));
  co_return true;
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
  auto loaded = co_await load(progress, piece);
  if (!loaded) co_return loaded.error();
  if (progress->state.key.empty()) {
    auto begun = co_await begin_parts(progress);
    if (!begun) co_return begun;
  } else {
    const auto ended = co_await s3_was_ended(progress->client, progress->state.key);
    if (!ended) co_return ended.error();
    if (*ended) co_return s3_unknown_upload();
  }
  const auto number = progress->state.etags.size() + 1;
  auto etag = co_await s3_put_part(progress->client, progress->state, number, loaded->body, loaded->sha256);
  if (!etag) co_return etag.error();
  progress->state.etags.push_back(std::move(*etag));
  loaded->body.reset();
  loaded->shares.clear();
  co_return co_await drop_spilled(progress, std::move(piece));
}

struct StoredObject {
  std::string key;
  std::uint64_t size_bytes = 0;
  std::string etag;
};

/// Makes `piece` an object of its own.
awaitable<Result<StoredObject>> put_object(std::shared_ptr<Progress> progress, std::shared_ptr<Piece> piece) {
  auto loaded = co_await load(progress, std::move(piece));
  if (!loaded) co_return loaded.error();
  StoredObject stored;
  stored.key = s3_new_key(progress->start.id);
  stored.size_bytes = loaded->size_bytes;
  S3Request request;
  request.call = S3Call::put;
  request.method = "PUT";
  request.key = stored.key;
  request.headers = {{"content-type", "application/octet-stream"}};
  request.body = loaded->body;
  request.body_sha256 = loaded->sha256;
  auto reply = co_await progress->client->send(std::move(request));
  if (!reply) co_return reply.error();
  if (reply->status != 200) co_return S3Client::failure(*reply);
  stored.etag = s3_etag(*reply);
  co_return stored;
}

/// Bytes that are too few for a part become an object of their own.
awaitable<Result<bool>> put_tail(std::shared_ptr<Progress> progress, std::shared_ptr<Piece> piece) {
  auto stored = co_await put_object(progress, piece);
  if (!stored) co_return stored.error();
  progress->state.tail = std::move(stored->key);
  progress->state.tail_bytes = stored->size_bytes;
  progress->state.tail_etag = std::move(stored->etag);
  co_return co_await drop_spilled(progress, std::move(piece));
}

/// Puts `piece` away for a while. What the store has already is let go.
awaitable<Result<bool>> spill_piece(std::shared_ptr<Progress> progress, std::shared_ptr<Piece> piece) {
  auto& spilled = progress->filling.spilled;
  if (!piece->chunks.front().key.empty()) {
    spilled.push_back({std::move(piece->chunks.front().key), piece->chunks.front().used});
    piece->chunks.erase(piece->chunks.begin());
  }
  if (piece->chunks.empty()) co_return true;
  auto stored = co_await put_object(progress, piece);
  if (!stored) co_return stored.error();
  progress->memory->count_spilled(stored->size_bytes);
  progress->filling.spilled.push_back({std::move(stored->key), stored->size_bytes});
  co_return true;
}

/// Gives back the memory of all that is not being written to. On the writer's loop.
void spill(std::shared_ptr<Progress> progress, std::shared_ptr<S3UploadMemory::Seat> seat) {
  auto& chunks = progress->filling.chunks;
  auto last = chunks.end();
  if (!chunks.empty() && !chunks.back().is_full()) --last;
  if (progress->busy || progress->over || progress->failure || last == chunks.begin()) {
    progress->memory->spilled(*seat);
    return;
  }
  auto piece = std::make_shared<Piece>();
  piece->chunks.assign(std::make_move_iterator(chunks.begin()), std::make_move_iterator(last));
  chunks.erase(chunks.begin(), last);
  seat->spillable = 0;
  progress->busy = true;
  auto end = [memory = progress->memory, seat](std::exception_ptr) { memory->spilled(*seat); };
  boost::asio::co_spawn(seat->executor, work_behind(progress, spill_piece(progress, std::move(piece))), end);
}

class S3UploadWriter final : public UploadWriter {
 public:
  S3UploadWriter(std::shared_ptr<Progress> progress, boost::asio::any_io_executor loop)
      : progress_(std::move(progress)), size_bytes_(progress_->start.size_bytes) {
    seat_ = std::make_shared<Seat>(std::move(loop));
    seat_->spill = [progress = std::weak_ptr(progress_), seat = std::weak_ptr(seat_)] {
      const auto alive = progress.lock();
      if (auto held = seat.lock(); alive && held) spill(alive, std::move(held));
    };
    progress_->memory->join(seat_);
    tell_spillable();
  }
  ~S3UploadWriter() override {
    progress_->over = true;
    progress_->memory->leave(seat_);
  }

  awaitable<Result<std::span<std::byte>>> buffer() override {
    auto& filling = progress_->filling;
    while (filling.chunks.empty() || filling.chunks.back().is_full()) {
      if (progress_->failure) co_return *progress_->failure;
      const auto number = next_number();
      const auto& options = progress_->client->options();
      const auto wanted = std::max(s3_part_bytes(options, number), s3_least_part_bytes(options, number));
      const auto room = wanted - std::min(wanted, filling.size_bytes);
      std::optional<Allowance::Share> share;
      if (room > 0) share = progress_->memory->next(room);
      if (!share && filling.size_bytes >= s3_least_part_bytes(options, number)) {
        auto sent = co_await send();
        if (!sent) co_return sent.error();
        continue;
      }
      if (!share && filling.chunks.empty()) {
        share = progress_->memory->bytes.insist(std::min(room, S3UploadMemory::kLeast));
      } else if (!share) {
        const auto least = std::min(room, S3UploadMemory::kLeast);
        auto turn = co_await progress_->client->turn(progress_->memory->bytes, least);
        if (!turn) co_return turn.error();
        share = std::move(*turn);
      }
      Chunk chunk;
      chunk.bytes.resize(static_cast<std::size_t>(share->amount()));
      chunk.share = std::move(*share);
      filling.chunks.push_back(std::move(chunk));
    }
    if (progress_->failure) co_return *progress_->failure;
    auto& last = filling.chunks.back();
    co_return std::as_writable_bytes(std::span(last.bytes)).subspan(last.used);
  }

  void commit(std::size_t count) override {
    auto& last = progress_->filling.chunks.back();
    last.used += count;
    progress_->filling.size_bytes += count;
    size_bytes_ += count;
    if (last.is_full()) tell_spillable();
  }

  awaitable<Result<UploadState>> pause() override {
    progress_->over = true;
    auto settled = co_await wait();
    if (!settled) co_return settled.error();
    if (size_bytes_ == progress_->start.size_bytes) co_return progress_->start;
    auto& state = progress_->state;
    state.old_tail = std::exchange(state.tail, {});
    state.tail_bytes = 0;
    state.tail_etag.clear();
    auto last = take_filling();
    if (last->size_bytes > 0) {
      const auto least = s3_least_part_bytes(progress_->client->options(), next_number());
      const bool is_part = last->size_bytes >= least && !state.key.empty();
      auto kept = is_part ? co_await send_part(progress_, last) : co_await put_tail(progress_, last);
      if (!kept) co_return kept.error();
    }
    co_return UploadState{
        .id = progress_->start.id, .size_bytes = size_bytes_, .hash = progress_->hash.state(), .backend = state.text()};
  }

 private:
  using Seat = S3UploadMemory::Seat;

  std::size_t next_number() const { return progress_->state.etags.size() + 1 + (progress_->parting ? 1 : 0); }

  void tell_spillable() {
    std::uint64_t full = 0;
    for (const auto& chunk : progress_->filling.chunks) full += chunk.is_full() ? chunk.used : 0;
    seat_->spillable = full;
    progress_->memory->touch(*seat_);
  }

  std::shared_ptr<Piece> take_filling() {
    seat_->spillable = 0;
    return std::make_shared<Piece>(std::exchange(progress_->filling, {}));
  }

  awaitable<Result<bool>> wait() {
    while (progress_->busy) {
      auto arm = [progress = progress_](std::unique_ptr<Wakeup> wakeup) { progress->waiter = std::move(wakeup); };
      co_await suspend(std::move(arm));
    }
    if (progress_->failure) co_return *progress_->failure;
    co_return true;
  }

  /// Sends what is there, behind the caller while there is memory to go on with.
  awaitable<Result<bool>> send() {
    auto settled = co_await wait();
    if (!settled) co_return settled;
    progress_->busy = progress_->parting = true;
    auto over = [](std::exception_ptr) {};
    boost::asio::co_spawn(seat_->executor, work_behind(progress_, send_part(progress_, take_filling())), over);
    if (!progress_->memory->is_ample()) co_return co_await wait();
    co_return true;
  }

  std::shared_ptr<Progress> progress_;
  std::shared_ptr<Seat> seat_;
  std::uint64_t size_bytes_;
};

/// The bytes that an earlier request left over; where there is no memory for them now they stay where they are.
awaitable<Result<bool>> find_tail(std::shared_ptr<Progress> progress) {
  const auto& state = progress->state;
  if (state.tail.empty()) co_return true;
  auto& filling = progress->filling;
  filling.size_bytes = state.tail_bytes;
  auto share = progress->memory->is_ample() ? progress->memory->bytes.try_take(state.tail_bytes) : std::nullopt;
  if (!share) {
    const auto head = co_await s3_head(progress->client, state.tail);
    if (!head) co_return head.error();
    if (!*head) co_return s3_unknown_upload();
    filling.spilled.push_back({state.tail, state.tail_bytes});
    co_return true;
  }
  auto bytes = co_await s3_get_whole(progress->client, state.tail, state.tail_bytes);
  if (!bytes) co_return bytes.error();
  Chunk chunk;
  chunk.bytes = std::move(*bytes);
  chunk.used = chunk.bytes.size();
  chunk.hashed = true;
  chunk.key = state.tail;
  chunk.share = std::move(*share);
  filling.chunks.push_back(std::move(chunk));
  co_return true;
}

}  // namespace

awaitable<Result<std::unique_ptr<UploadWriter>>> make_s3_writer(std::shared_ptr<S3Client> client,
                                                                std::shared_ptr<S3UploadMemory> memory,
                                                                boost::asio::thread_pool& pool, UploadState state) {
  if (!is_upload_id(state.id)) co_return s3_unknown_upload();
  auto hash = hash_of(state);
  if (!hash) co_return hash.error();
  auto parsed = S3UploadState::parse(state.backend);
  if (!parsed) co_return parsed.error();
  if (state.size_bytes > 0 && parsed->key.empty() && parsed->tail.empty()) co_return s3_unknown_upload();
  std::vector<std::string> old;
  if (!parsed->old_tail.empty()) old.push_back(std::exchange(parsed->old_tail, {}));
  auto kept = parsed->tail;
  auto progress = std::make_shared<Progress>(Progress{.client = std::move(client),
                                                      .memory = std::move(memory),
                                                      .pool = pool,
                                                      .start = std::move(state),
                                                      .state = std::move(*parsed),
                                                      .hash = std::move(*hash),
                                                      .kept = std::move(kept)});
  auto tail = co_await find_tail(progress);
  if (!tail) co_return tail.error();
  // The database knows of the newer one: nobody asks for this one any more.
  if (!old.empty()) (void)co_await progress->client->remove(std::move(old));
  const boost::asio::any_io_executor loop = co_await boost::asio::this_coro::executor;
  co_return std::make_unique<S3UploadWriter>(std::move(progress), loop);
}

}  // namespace wharf::blob
