#include "service/blob_move.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <limits>

#include "base/clock.h"
#include "blob/place.h"
#include "blob/sha256.h"
#include "service/blob_removal.h"

namespace wharf::service {
namespace {

using std::chrono::milliseconds;

constexpr Millis kForGood = std::numeric_limits<Millis>::max();
// Of one blob whose row or copy somebody changes again and again.
constexpr int kMostAttempts = 10;
constexpr milliseconds kClaimPause{500};

/// The bytes of a body, piece by piece.
class Source {
 public:
  explicit Source(http::Body body) : body_(std::move(body)) {}

  /// Fills `into`, or less; 0 at the end.
  awaitable<Result<std::size_t>> read_some(std::span<std::byte> into) {
    if (auto* file = std::get_if<http::FileBody>(&body_)) co_return read_file(*file, into);
    while (at_ == piece_.size()) {
      piece_.clear();
      at_ = 0;
      auto more = co_await next();
      if (!more) co_return more.error();
      if (!*more) co_return std::size_t{0};
    }
    const auto count = std::min(into.size(), piece_.size() - at_);
    std::memcpy(into.data(), piece_.data() + at_, count);
    at_ += count;
    co_return count;
  }

 private:
  static Result<std::size_t> read_file(http::FileBody& file, std::span<std::byte> into) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), file.length_bytes));
    if (want == 0) return std::size_t{0};
    ssize_t count = -1;
    do {
      count = ::pread(file.file->fd(), into.data(), want, static_cast<off_t>(file.offset));
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
      return Error{Errc::unavailable, "The blob cannot be read", std::generic_category().message(errno)};
    }
    file.offset += static_cast<std::uint64_t>(count);
    file.length_bytes -= static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
  }

  awaitable<Result<bool>> next() {
    if (auto* stream = std::get_if<http::StreamBody>(&body_)) co_return co_await stream->next(piece_);
    if (ended_) co_return false;
    ended_ = true;
    if (const auto* text = std::get_if<std::string>(&body_)) piece_ = *text;
    if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body_)) piece_ = **shared;
    co_return true;
  }

  http::Body body_;
  std::string piece_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

Error damaged(const std::string& digest, std::string detail) {
  return {Errc::digest_invalid, "The blob's bytes are damaged", std::move(detail), digest};
}

Error changed() { return {Errc::already_exists, "The blob has changed meanwhile"}; }
Error taken() { return {Errc::upload_busy, "The blob's bytes are being deleted; try again"}; }

awaitable<bool> rest(milliseconds time) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
  co_await timer.async_wait(boost::asio::use_awaitable);
  co_return true;
}

}  // namespace

Result<bool> BlobMover::check() const {
  const auto ids = blobs_.locations();
  std::string known;
  for (const auto& id : ids) known += (known.empty() ? "" : ", ") + id;
  const auto wrong = [&known](std::string what) { return Error{Errc::invalid_request, std::move(what) + known}; };
  if (ids.size() < 2) return wrong("DISTRIBUTED_STORAGE_CONFIG has one location alone: ");
  if (std::ranges::find(ids, plan_.to) == ids.end()) {
    return wrong("--to: \"" + plan_.to + "\" is not in DISTRIBUTED_STORAGE_CONFIG; expected ");
  }
  if (!plan_.from.empty() && std::ranges::find(ids, plan_.from) == ids.end()) {
    return wrong("--from: \"" + plan_.from + "\" is not in DISTRIBUTED_STORAGE_CONFIG; expected ");
  }
  if (plan_.from == plan_.to) return Error{Errc::invalid_request, "--from and --to are the same location"};
  return true;
}

/// Reads the blob into the upload `state` and compares what came with its digest.
awaitable<Result<blob::UploadState>> BlobMover::copy(blob::BlobRef source, std::uint64_t size_bytes,
                                                     blob::UploadState state, Progress progress) {
  auto body = co_await blobs_.open(source, 0, size_bytes);
  if (!body) co_return body.error();
  auto writer = co_await blobs_.resume(std::move(state));
  if (!writer) co_return writer.error();
  Source bytes(std::move(*body));
  for (bool more = size_bytes > 0; more;) {
    auto room = co_await (*writer)->buffer();
    if (!room) co_return room.error();
    std::size_t filled = 0;
    while (more && filled < room->size()) {
      auto count = co_await bytes.read_some(room->subspan(filled));
      if (!count) co_return count.error();
      more = *count > 0;
      filled += *count;
    }
    (*writer)->commit(filled);
    if (progress) progress(filled);
  }
  auto copied = co_await (*writer)->pause();
  if (!copied) co_return copied.error();
  const auto hash = blob::Sha256::resume(copied->hash);
  if (!hash) co_return hash.error();
  if (copied->size_bytes != size_bytes) {
    auto detail = std::to_string(copied->size_bytes) + " bytes instead of " + std::to_string(size_bytes);
    co_return damaged(source.digest.text(), std::move(detail));
  }
  if (hash->digest() != source.digest) co_return damaged(source.digest.text(), "they are " + hash->digest().text());
  co_return copied;
}

/// Says that bytes are about to come to a place, waiting for whoever deletes what lies there just now.
awaitable<Result<std::int64_t>> BlobMover::claim(store::LeftBytes bytes) {
  const auto give_up = std::chrono::steady_clock::now() + 2 * kRemovalLease;
  while (true) {
    auto write = [&bytes](db::Tx& tx) { return store::leave_bytes(tx, bytes, now_ms() + kStrayAge.count()); };
    const auto id = co_await db_.write(std::move(write));
    if (id) co_return *id;
    if (std::chrono::steady_clock::now() > give_up) co_return taken();
    co_await rest(kClaimPause);
  }
}

awaitable<Result<BlobMover::Outcome>> BlobMover::move_once(store::MovableBlob blob, std::string from, Progress progress,
                                                           bool& again) {
  const auto digest = Digest::parse(blob.digest);
  if (!digest) co_return Error{Errc::internal, "The blob's record is damaged", "blob.digest is no digest"};
  const auto size_bytes = static_cast<std::uint64_t>(blob.size_bytes);
  auto begun = co_await blobs_.begin_in(plan_.to);
  if (!begun) co_return begun.error();
  blob::BlobRef source(*digest, blob.place);
  auto copied = co_await copy(std::move(source), size_bytes, *begun, std::move(progress));
  if (!copied) {
    (void)co_await blobs_.abort(std::move(*begun));
    co_return copied.error();
  }
  const auto place = blobs_.place_of(*copied);
  store::LeftBytes coming{plan_.to, place, blob.digest, blob.size_bytes};
  const auto claimed = co_await claim(std::move(coming));
  if (!claimed) {
    (void)co_await blobs_.abort(std::move(*copied));
    co_return claimed.error();
  }
  auto finished = co_await blobs_.finish(*copied);
  if (!finished) co_return finished.error();
  const auto old = blob::split_place(blob.place);
  const auto inner = old.inner.empty() ? std::string_view(blob.digest) : old.inner;
  const store::LeftBytes left{from, blob::name_place(from, inner), blob.digest, blob.size_bytes};
  auto write = [&](db::Tx& tx) -> Result<bool> {
    // Undone as a whole where one of them does not hold: the copy's line stays, and the collection deletes the copy.
    if (!store::end_claim(tx, *claimed)) return taken();
    if (!store::move_blob(tx, blob, place)) return changed();
    const auto due = plan_.keep ? kForGood : now_ms() + kStrayAge.count();
    if (!store::leave_bytes(tx, left, due)) return taken();
    return true;
  };
  const auto written = co_await db_.write(std::move(write));
  if (written) co_return Outcome::moved;
  again = written.error().code == Errc::already_exists || written.error().code == Errc::upload_busy;
  co_return written.error();
}

awaitable<Result<BlobMover::Outcome>> BlobMover::move(store::MovableBlob blob, Progress progress) {
  for (int attempt = 1;; ++attempt) {
    auto digest = Digest::parse(blob.digest);
    if (!digest) co_return Error{Errc::internal, "The blob's record is damaged", "blob.digest is no digest"};
    blob::BlobRef source(std::move(*digest), blob.place);
    const auto from = co_await blobs_.locate(std::move(source));
    if (!from) co_return from.error();
    if (!*from) co_return Error{Errc::blob_unknown, "The blob's bytes are in no location", {}, blob.digest};
    if (**from == plan_.to || (!plan_.from.empty() && **from != plan_.from)) co_return Outcome::passed_over;
    bool again = false;
    auto outcome = co_await move_once(blob, **from, progress, again);
    if (outcome || attempt == kMostAttempts) co_return outcome;
    // Bytes that are not there any more, or a row that is not as it was: perhaps somebody else has moved or deleted it.
    if (!again && outcome.error().code != Errc::blob_unknown) co_return outcome;
    auto read = [id = blob.id](db::Tx& tx) { return store::find_movable_by_id(tx, id); };
    auto now_is = co_await db_.read(std::move(read));
    if (!now_is) co_return Outcome::gone;
    if (!again && now_is->place == blob.place) co_return outcome;
    blob = std::move(*now_is);
  }
}

}  // namespace wharf::service
