#include "service/blob_removal.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "store/blob_left.h"

namespace wharf::service {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstLook{5};
constexpr milliseconds kLastLook{500};

// So many are deleted at a time: one request to an object store.
constexpr std::size_t kFilesATime = 100;

void warn_of(const std::string& digest, const Error& error) {
  log::warn("a blob's file cannot be removed",
            {{"digest", digest}, {"detail", error.detail.empty() ? error.message : error.detail}});
}

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
    warn_of(known[i].digest, outcomes[i].error());
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

awaitable<store::Freed> remove_left(db::Database& database, blob::BlobStore& blobs, int limit) {
  store::Freed freed;
  for (const auto& location : blobs.locations()) {
    // One look before a write that mostly would find nothing.
    auto look = [&location](db::Tx& tx) { return store::has_due_bytes(tx, location, now_ms()); };
    if (!co_await database.lookup(std::move(look))) continue;
    auto take = [&location, limit](db::Tx& tx) {
      store::lock_collection(tx);
      const auto now = now_ms();
      return store::take_due_bytes(tx, location, limit, now + kRemovalLease.count(), now + kStrayAge.count(), now);
    };
    const auto taken_at = Clock::now();
    const auto taken = co_await database.write(std::move(take));
    std::vector<store::TakenBytes> gone, left;
    for (std::size_t at = 0; at < taken.size(); at += kFilesATime) {
      if (Clock::now() - taken_at > kRemovalLease / 2) break;
      std::vector<store::TakenBytes> some;
      std::vector<blob::BlobRef> files;
      for (std::size_t i = at; i < std::min(taken.size(), at + kFilesATime); ++i) {
        auto digest = Digest::parse(taken[i].digest);
        if (!digest) continue;
        files.emplace_back(std::move(*digest), taken[i].place);
        some.push_back(taken[i]);
      }
      const auto outcomes = co_await blobs.remove_all(std::move(files));
      for (std::size_t i = 0; i < some.size(); ++i) {
        if (!outcomes[i]) warn_of(some[i].digest, outcomes[i].error());
        (outcomes[i] ? gone : left).push_back(std::move(some[i]));
      }
    }
    auto close = [&gone, &left](db::Tx& tx) {
      const auto now = now_ms();
      for (const auto& bytes : gone) store::close_left(tx, bytes.id, now);
      for (const auto& bytes : left) store::put_back(tx, bytes, now + kRemovalLease.count());
      return true;
    };
    if (!taken.empty()) co_await database.write(std::move(close));
    for (const auto& bytes : gone) {
      ++freed.blobs;
      freed.bytes += bytes.size_bytes;
    }
  }
  co_return freed;
}

awaitable<Result<bool>> await_removal(db::Database& database, blob::BlobStore& blobs, Digest sha256) {
  const auto give_up = Clock::now() + kRemovalLease + kRemovalLease / 2;
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  for (auto pause = kFirstLook; Clock::now() < give_up; pause = std::min(pause * 2, kLastLook)) {
    auto look = [&sha256](db::Tx& tx) { return store::look_for_blob(tx, sha256); };
    const auto sight = co_await database.lookup(std::move(look));
    if (!sight.waits()) co_return true;
    if (sight.left_lease_ms > 0 && sight.left_lease_ms <= now_ms()) {
      auto abandon = [&sha256](db::Tx& tx) {
        store::close_abandoned(tx, sha256, now_ms());
        return true;
      };
      co_await database.write(std::move(abandon));
      continue;
    }
    if (sight.removing && sight.lease_ms <= now_ms()) {
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
