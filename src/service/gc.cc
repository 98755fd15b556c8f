#include "service/gc.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "blob/place.h"
#include "service/blob_removal.h"
#include "service/registry_identity.h"
#include "store/blob_left.h"
#include "store/gc_preview.h"

namespace wharf::service {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Between two steps the collection rests for twice as long as the last one took: at most a third of the database's
// time is its own, and whoever waits for a write comes next.
constexpr milliseconds kLeastPause{3};
constexpr milliseconds kMostPause{100};

constexpr milliseconds kCollectionLease{60'000};
constexpr milliseconds kLeaseRenewal{15'000};

// Of a round that does not look at everything.
constexpr int kRepositoriesAPage = 500;
constexpr int kRepositoryPages = 10;
constexpr int kRowsAPage = 500;
constexpr std::size_t kFilesAPage = 500;
constexpr int kPurgesAPage = 100;
constexpr int kRemovalsAStep = 50;
constexpr Millis kRemovalMemoryMs = 24 * 3600 * Millis{1000};
constexpr int kLeftAStep = 200;

}  // namespace

/// One round at work.
struct GarbageService::Work {
  Effort effort;
  Progress progress;
  store::Freed freed{};
  Clock::time_point leased_at{};
  bool lost = false;  ///< Another node collects now.

  void add(const store::Freed& step) {
    freed += step;
    if (progress && step != store::Freed{}) progress(step);
  }
};

GarbageService::GarbageService(const Tools& tools) : tools_(tools), holder_(random_uuid()) {}

bool GarbageService::goes_on(const Work& work) const { return !stopping_ && !work.lost; }

awaitable<void> GarbageService::pause(Clock::duration took) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  timer.expires_after(std::clamp<Clock::duration>(2 * took, kLeastPause, kMostPause));
  co_await timer.async_wait(boost::asio::use_awaitable);
}

/// Runs `step` in a transaction of its own, renewing the lease with it, and rests.
template <class Step>
awaitable<std::invoke_result_t<Step&, db::Tx&>> GarbageService::in_step(Work& work, Step step) {
  const auto begun = Clock::now();
  const bool renew = work.effort.one_node && begun - work.leased_at > kLeaseRenewal;
  bool kept = true;
  auto write = [&](db::Tx& tx) {
    store::lock_collection(tx);
    const auto now = now_ms();
    if (renew) kept = store::take_collection(tx, holder_, now + kCollectionLease.count(), now);
    return step(tx);
  };
  auto result = co_await tools_.db.write(std::move(write));
  if (renew) work.leased_at = begun;
  work.lost = work.lost || !kept;
  co_await pause(Clock::now() - begun);
  co_return result;
}

awaitable<GarbageService::Round> GarbageService::collect(Effort effort, Progress progress) {
  Work work{.effort = effort, .progress = std::move(progress)};
  if (stopping_) co_return Round{};
  if (effort.one_node) {
    auto nothing = [](db::Tx&) { return true; };
    co_await in_step(work, std::move(nothing));
    if (work.lost) co_return Round{};
  }
  co_await finish_removals(work);
  co_await purge_namespaces(work);
  co_await delete_tags(work);
  co_await delete_links(work);
  co_await queue_unheld(work);
  co_await delete_manifests(work);
  co_await purge_repositories(work);
  co_await delete_left(work);
  co_await adopt_strays(work);
  co_await delete_blobs(work);
  co_await purge_namespaces(work);
  co_return Round{true, work.freed};
}

awaitable<void> GarbageService::delete_tags(Work& work) {
  const store::TagRules rules{tools_.settings.features.immutable_tags_can_expire};
  if (work.effort.everything) repositories_at_ = 0;
  for (int page = 0; goes_on(work) && (work.effort.everything || page < kRepositoryPages); ++page) {
    auto find = [&](db::Tx& tx) {
      return store::find_repositories_with_due_tags(tx, repositories_at_, kRepositoriesAPage, rules, now_ms());
    };
    const auto found = co_await tools_.db.read(std::move(find));
    for (const auto id : found.ids) {
      for (bool more = true; more && goes_on(work);) {
        auto step = [&](db::Tx& tx) { return store::delete_due_tags(tx, id, store::Budget(), rules, now_ms()); };
        const auto freed = co_await in_step(work, std::move(step));
        work.add(freed);
        more = freed.tags > 0;
      }
    }
    repositories_at_ = found.next;
    if (repositories_at_ == 0) co_return;
  }
}

awaitable<void> GarbageService::delete_links(Work& work) {
  for (bool more = true; more && goes_on(work);) {
    auto step = [](db::Tx& tx) { return store::delete_expired_links(tx, store::Budget(), now_ms()); };
    const auto freed = co_await in_step(work, std::move(step));
    work.add(freed);
    more = freed.repository_blobs > 0;
  }
}

awaitable<void> GarbageService::queue_unheld(Work& work) {
  struct Walk {
    std::int64_t* at;
    store::Found (*find)(db::Tx&, std::int64_t, int);
    void (*queue)(db::Tx&, const std::vector<std::int64_t>&);
  };
  const Walk walks[] = {{&manifests_at_, store::find_unheld_manifests, store::queue_manifests},
                        {&blobs_at_, store::find_unheld_blobs, store::queue_blobs}};
  for (const auto& walk : walks) {
    if (work.effort.everything) *walk.at = 0;
    do {
      if (!goes_on(work)) co_return;
      auto find = [&walk](db::Tx& tx) { return walk.find(tx, *walk.at, kRowsAPage); };
      const auto found = co_await tools_.db.read(std::move(find));
      if (!found.ids.empty()) {
        auto step = [&](db::Tx& tx) {
          walk.queue(tx, found.ids);
          return true;
        };
        co_await in_step(work, std::move(step));
      }
      *walk.at = found.next;
    } while (work.effort.everything && *walk.at != 0);
  }
}

awaitable<void> GarbageService::delete_manifests(Work& work) {
  // What one pass buries adds to the queue: the children of an index, what was about a subject.
  for (bool changed = true; changed && goes_on(work);) {
    changed = false;
    std::int64_t at = 0;
    do {
      auto step = [&](db::Tx& tx) {
        const auto now = now_ms();
        const auto keep_until = now + tools_.settings.push_temp_tag_seconds * Millis{1000};
        return store::delete_orphan_manifests(tx, at, store::Budget(), keep_until, now);
      };
      const auto pass = co_await in_step(work, std::move(step));
      work.add(pass.freed);
      changed = changed || pass.changed;
      at = pass.next;
    } while (at != 0 && goes_on(work));
    for (bool more = true; more && goes_on(work);) {
      auto step = [](db::Tx& tx) { return store::release_referrers(tx, store::Budget()); };
      const auto freed = co_await in_step(work, std::move(step));
      work.add(freed);
      more = freed.rows() > 0;
      changed = changed || more;
    }
  }
}

awaitable<void> GarbageService::purge_repositories(Work& work) {
  std::int64_t at = 0;
  do {
    auto find = [at](db::Tx& tx) { return store::find_deleted_repositories(tx, at, kPurgesAPage); };
    const auto found = co_await tools_.db.read(std::move(find));
    for (const auto id : found.ids) co_await purge_repository(work, id);
    at = found.next;
  } while (at != 0 && goes_on(work));
}

awaitable<void> GarbageService::purge_repository(Work& work, std::int64_t repository_id) {
  using State = store::PurgeStep::State;
  std::int64_t gone = -1;  // manifests, before the last time that only those were left
  while (goes_on(work)) {
    store::PurgeStep done;
    auto step = [&](db::Tx& tx) { return store::purge_repository(tx, repository_id, store::Budget()); };
    try {
      done = co_await in_step(work, std::move(step));
    } catch (const db::ConstraintViolation& violation) {
      // A push that had begun before the deletion has come through: its rows are found by the next round.
      log::info("a deleted repository is still in use", {{"detail", violation.error().detail}});
      co_return;
    }
    work.add(done.freed);
    if (done.state == State::done) co_return;
    if (done.state == State::again) continue;
    if (work.freed.manifests == gone) co_return;  // the rest is in use just now
    gone = work.freed.manifests;
    std::string after;
    do {
      auto queue = [&](db::Tx& tx) { return store::queue_manifests_of(tx, repository_id, after, kRowsAPage); };
      after = co_await in_step(work, std::move(queue));
    } while (!after.empty() && goes_on(work));
    co_await delete_manifests(work);
  }
}

awaitable<void> GarbageService::purge_namespaces(Work& work) {
  std::int64_t at = 0;
  do {
    auto find = [at](db::Tx& tx) { return store::find_deleted_namespaces(tx, at, kPurgesAPage); };
    const auto found = co_await tools_.db.read(std::move(find));
    for (const auto id : found.ids) {
      for (bool more = true; more && goes_on(work);) {
        auto step = [&](db::Tx& tx) { return store::purge_namespace(tx, id, store::Budget(), now_ms()); };
        try {
          const auto done = co_await in_step(work, std::move(step));
          work.add(done.freed);
          more = done.state == store::PurgeStep::State::again;
        } catch (const db::ConstraintViolation& violation) {
          log::info("a deleted namespace is still in use", {{"detail", violation.error().detail}});
          more = false;
        }
      }
    }
    at = found.next;
  } while (at != 0 && goes_on(work));
}

/// The files after `after` that no row names, among the next of the store; and where to go on, "" at the end.
awaitable<GarbageService::Strays> GarbageService::find_strays(std::string after) {
  const auto entries = co_await tools_.blobs.list(std::move(after), kFilesAPage);
  if (!entries) throw Accident(entries.error());
  std::vector<std::string> old;
  std::vector<const blob::BlobEntry*> placed;
  for (const auto& entry : *entries) {
    if (entry.since_ms >= now_ms() - kStrayAge.count()) continue;
    if (entry.digest) {
      old.push_back(entry.digest->text());
    } else {
      placed.push_back(&entry);
    }
  }
  Strays strays;
  auto find = [&](db::Tx& tx) {
    strays.files.clear();
    for (const auto* entry : placed) {
      const std::string inner(blob::split_place(entry->place).inner);
      if (store::is_stray_place(tx, inner, entry->upload)) strays.files.push_back(*entry);
    }
    return store::find_strays(tx, old);
  };
  const auto found = co_await tools_.db.read(std::move(find));
  for (const auto& entry : *entries) {
    if (entry.digest && std::ranges::binary_search(found, entry.digest->text())) strays.files.push_back(entry);
  }
  if (entries->size() == kFilesAPage) strays.next = entries->back().name();
  co_return strays;
}

/// False as well, with a warning, where that cannot be found out just now.
awaitable<bool> GarbageService::owns_strays() {
  const auto owned = co_await owns_store(tools_.db, tools_.blobs);
  if (owned) co_return *owned;
  log::warn("what nobody refers to stays for now: it cannot be read whose blobs these are",
            {{"detail", owned.error().message + ": " + owned.error().detail}});
  co_return false;
}

awaitable<void> GarbageService::adopt_strays(Work& work) {
  if (!co_await owns_strays()) co_return;
  if (work.effort.everything) files_at_.clear();
  do {
    if (!goes_on(work)) co_return;
    const auto strays = co_await find_strays(files_at_);
    for (const auto& file : strays.files) {
      if (!goes_on(work)) co_return;
      if (!file.digest) {
        // Nobody can come to have it: no row is needed to delete it under.
        const auto gone = co_await tools_.blobs.remove_place(file.place);
        if (!gone || !*gone) continue;
        work.add({.blobs = 1, .bytes = static_cast<std::int64_t>(file.size_bytes), .strays = 1});
        continue;
      }
      auto step = [&file](db::Tx& tx) {
        const auto size_bytes = static_cast<std::int64_t>(file.size_bytes);
        store::Freed freed;
        freed.strays = store::adopt_stray(tx, *file.digest, size_bytes, file.place, now_ms());
        return freed;
      };
      const auto adopted = co_await in_step(work, std::move(step));
      work.add(adopted);
    }
    files_at_ = strays.next;
  } while (work.effort.everything && !files_at_.empty());
}

awaitable<void> GarbageService::delete_blobs(Work& work) {
  std::int64_t at = 0;
  do {
    if (!goes_on(work)) co_return;
    const auto taken = Clock::now();
    auto step = [at](db::Tx& tx) {
      return store::condemn_blobs(tx, at, store::Budget(), now_ms() + kRemovalLease.count());
    };
    auto condemned = co_await in_step(work, std::move(step));
    at = condemned.pass.next;
    const auto begun = Clock::now();
    const auto freed = co_await remove_files(tools_.db, tools_.blobs, std::move(condemned.removals), taken);
    work.add(freed);
    co_await pause(Clock::now() - begun);
  } while (at != 0);
}

awaitable<void> GarbageService::finish_removals(Work& work) {
  for (bool more = true; more && goes_on(work);) {
    const auto taken = Clock::now();
    auto step = [](db::Tx& tx) {
      const auto now = now_ms();
      return store::take_left_removals(tx, kRemovalsAStep, now + kRemovalLease.count(), now);
    };
    auto removals = co_await in_step(work, std::move(step));
    more = !removals.empty();
    const auto freed = co_await remove_files(tools_.db, tools_.blobs, std::move(removals), taken);
    work.add(freed);
  }
  for (bool more = true; more && goes_on(work);) {
    auto step = [](db::Tx& tx) {
      const auto before = now_ms() - kRemovalMemoryMs;
      auto forgotten = store::forget_removals(tx, store::Budget(), before);
      forgotten += store::forget_left(tx, store::Budget(), before);
      return forgotten;
    };
    const auto freed = co_await in_step(work, std::move(step));
    work.add(freed);
    more = freed.others > 0;
  }
}

awaitable<void> GarbageService::delete_left(Work& work) {
  for (bool more = true; more && goes_on(work);) {
    const auto begun = Clock::now();
    const auto freed = co_await remove_left(tools_.db, tools_.blobs, kLeftAStep);
    work.add(freed);
    more = freed.blobs > 0;
    if (more) co_await pause(Clock::now() - begun);
  }
}

awaitable<store::Freed> GarbageService::preview() {
  const store::TagRules rules{tools_.settings.features.immutable_tags_can_expire};
  auto read = [this, rules](db::Tx& tx) {
    const auto now = now_ms();
    auto found = store::preview_collection(tx, rules, now);
    for (const auto& location : tools_.blobs.locations()) {
      const auto left = store::count_due_bytes(tx, location, now);
      found.blobs += left.blobs;
      found.bytes += left.bytes;
    }
    return found;
  };
  auto freed = co_await tools_.db.read(std::move(read));
  if (!co_await owns_strays()) co_return freed;
  std::string at;
  do {
    const auto strays = co_await find_strays(at);
    for (const auto& file : strays.files) {
      ++freed.strays;
      ++freed.blobs;
      freed.bytes += static_cast<std::int64_t>(file.size_bytes);
    }
    at = strays.next;
  } while (!at.empty());
  co_return freed;
}

}  // namespace wharf::service
