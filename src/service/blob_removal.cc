#include "service/blob_removal.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/clock.h"
#include "base/log.h"

namespace wharf::service {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstLook{5};
constexpr milliseconds kLastLook{500};

// So many are deleted at a time: one request to an object store.
constexpr std::size_t kFilesATime = 100;

/// Deletes those of `removals` that are deletable and answers them; the others are told in the log.
awaitable<std::vector<store::Removal>> remove_some(blob::BlobStore& blobs, std::vector<store::Removal> removals) {
  std::vector<store::Removal> gone, known;
  std::vector<blob::BlobRef> files;
  for (auto& removal : removals) {
    auto digest = Digest::parse(removal.digest);
    if (!digest) {
      gone.push_back(std::move(removal));  // no file can have this name
      continue;
    }
    files.emplace_back(std::move(*digest), removal.place);
    known.push_back(std::move(removal));
  }
  const auto outcomes = co_await blobs.remove_all(std::move(files));
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (outcomes[i]) {
      gone.push_back(std::move(known[i]));
      continue;
    }
    const auto& error = outcomes[i].error();
    log::warn("a blob's file cannot be removed",
              {{"digest", known[i].digest}, {"detail", error.detail.empty() ? error.message : error.detail}});
  }
  co_return gone;
}

}  // namespace

awaitable<store::Freed> remove_files(db::Database& database, blob::BlobStore& blobs,
                                     std::vector<store::Removal> removals, Clock::time_point taken) {
  std::vector<store::Removal> gone;
  for (std::size_t at = 0; at < removals.size(); at += kFilesATime) {
    if (Clock::now() - taken > kRemovalLease / 2) break;
    const auto from = removals.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kFilesATime, removals.size() - at));
    std::vector<store::Removal> some(std::make_move_iterator(from), std::make_move_iterator(from + count));
    auto removed = co_await remove_some(blobs, std::move(some));
    gone.insert(gone.end(), std::make_move_iterator(removed.begin()), std::make_move_iterator(removed.end()));
  }
  auto close = [&gone](db::Tx& tx) {
    store::Freed freed;
    for (const auto& removal : gone) {
      if (!store::close_removal(tx, removal.id, now_ms())) continue;
      ++freed.blobs;
      freed.bytes += removal.size_bytes;
    }
    return freed;
  };
  if (gone.empty()) co_return store::Freed{};
  co_return co_await database.write(std::move(close));
}

awaitable<Result<bool>> await_removal(db::Database& database, blob::BlobStore& blobs, Digest sha256) {
  const auto give_up = Clock::now() + kRemovalLease + kRemovalLease / 2;
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  for (auto pause = kFirstLook; Clock::now() < give_up; pause = std::min(pause * 2, kLastLook)) {
    auto look = [&sha256](db::Tx& tx) { return store::look_for_blob(tx, sha256); };
    const auto sight = co_await database.lookup(std::move(look));
    if (!sight.removing) co_return true;
    if (sight.lease_ms <= now_ms()) {
      auto take = [id = sight.removal_id](db::Tx& tx) {
        const auto now = now_ms();
        return store::take_left_removal(tx, id, now + kRemovalLease.count(), now);
      };
      const auto taken_at = Clock::now();
      if (auto removal = co_await database.write(std::move(take))) {
        std::vector<store::Removal> removals{std::move(*removal)};
        co_await remove_files(database, blobs, std::move(removals), taken_at);
        continue;
      }
    }
    timer.expires_after(pause);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
  co_return Error{Errc::unavailable, "The blob is being removed; try again"};
}

}  // namespace wharf::service
