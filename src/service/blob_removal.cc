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

/// Answers false when the file could not be deleted; that is told in the log and is no end to the rest.
awaitable<bool> remove_file(blob::BlobStore& blobs, std::string digest_text) {
  try {
    auto digest = Digest::parse(digest_text);
    if (!digest) co_return true;  // no file can have this name
    const auto gone = co_await blobs.remove(std::move(*digest));
    if (gone) co_return true;
    log::warn("a blob's file cannot be removed", {{"digest", digest_text}, {"detail", gone.error().message}});
  } catch (const Accident& accident) {
    log::warn("a blob's file cannot be removed", {{"digest", digest_text}, {"detail", accident.error().detail}});
  }
  co_return false;
}

}  // namespace

awaitable<store::Freed> remove_files(db::Database& database, blob::BlobStore& blobs,
                                     std::vector<store::Removal> removals, Clock::time_point taken) {
  std::vector<store::Removal> gone;
  for (auto& removal : removals) {
    if (Clock::now() - taken > kRemovalLease / 2) break;
    if (co_await remove_file(blobs, removal.digest)) gone.push_back(std::move(removal));
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
