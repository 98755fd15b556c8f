#include "service/pull_count.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "auth/access.h"
#include "base/digest.h"
#include "service/registry_audit.h"
#include "store/account.h"
#include "store/log.h"
#include "store/manifest.h"
#include "store/pull_count.h"
#include "store/repository.h"
#include "store/tag.h"

namespace wharf::service {
namespace {

constexpr std::size_t kGroupsATransaction = 200;
constexpr std::size_t kMostKept = 50'000;
constexpr Millis kDayMs = 86'400'000;

std::string_view kind_of(PullEvent event) {
  switch (event) {
    case PullEvent::pull:
      return "pull_repo";
    case PullEvent::push:
      break;
    case PullEvent::pull_failed:
      return "pull_repo_failed";
    case PullEvent::push_failed:
      return "push_repo_failed";
    case PullEvent::delete_failed:
      return "delete_tag_failed";
  }
  return "push_repo";
}

bool is_wanted(PullEvent event, const Settings& settings) {
  if (settings.read_only) return false;  // a read-only registry writes nothing
  switch (event) {
    case PullEvent::pull:
    case PullEvent::push:
      return true;
    case PullEvent::pull_failed:
      return settings.audit_pull_failures;
    case PullEvent::push_failed:
      return settings.audit_push_failures;
    case PullEvent::delete_failed:
      return settings.audit_delete_failures;
  }
  return false;
}

/// Where what failed is logged: the request knew no ids.
LogPlace place_of(db::Tx& tx, const RepoName& name) {
  if (const auto repository = store::find_repository(tx, name)) return {repository->namespace_id, repository->id};
  if (const auto account = store::find_account(tx, name.ns)) return {account->id, 0};
  return {};
}

void write_entry(db::Tx& tx, const PullGroup& group, const Settings& settings) {
  if (settings.no_audit_namespaces.contains(group.name.ns)) return;
  if (group.event == PullEvent::pull && settings.no_pull_log_namespaces.contains(group.name.ns)) return;
  const auto place =
      group.repository_id != 0 ? LogPlace{group.namespace_id, group.repository_id} : place_of(tx, group.name);
  auto performer = registry_performer(tx, group.who, group.address);
  auto& metadata = performer.metadata;
  metadata["repo"] = group.name.name;
  metadata["namespace"] = group.name.ns;
  metadata["user-agent"] = group.user_agent;
  metadata[group.by_tag ? "tag" : "manifest_digest"] = group.reference;
  if (!group.media_type.empty()) metadata["mediaType"] = group.media_type;
  if (!group.message.empty()) metadata["message"] = group.message;
  add_token_keys(performer.who, metadata);
  store::NewLogEntry entry;
  entry.at_ms = group.last_ms;
  entry.kind = kind_of(group.event);
  if (place.namespace_id != 0) entry.namespace_id = place.namespace_id;
  if (place.repository_id != 0) entry.repository_id = place.repository_id;
  if (performer.who.account_id != 0) entry.performer_id = performer.who.account_id;
  if (!group.address.empty()) entry.address = group.address;
  entry.metadata = json::to_text(metadata);
  entry.count = group.count;
  store::add_log_entry(tx, entry);
}

void add(store::Pulls& pulls, const PullGroup& group) {
  pulls.pulls += group.count;
  pulls.last_ms = std::max(pulls.last_ms, group.last_ms);
}

void write_groups(db::Tx& tx, std::span<const PullGroup> groups, const Settings& settings) {
  // In order, so that two nodes that write at once do not wait for each other in a circle.
  std::map<std::pair<std::int64_t, std::string_view>, store::Pulls> tags;
  std::map<std::int64_t, store::Pulls> manifests;
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> days;
  for (const auto& group : groups) {
    if (group.event != PullEvent::push) write_entry(tx, group, settings);
    if (group.repository_id != 0) days[{group.repository_id, group.last_ms / kDayMs}] += group.count;
    if (group.event != PullEvent::pull || !settings.features.image_pull_stats) continue;
    add(manifests[group.manifest_id], group);
    if (group.by_tag) add(tags[{group.repository_id, group.reference}], group);
  }
  for (const auto& [tag, pulls] : tags) store::add_tag_pulls(tx, tag.first, tag.second, pulls);
  for (const auto& [id, pulls] : manifests) store::add_manifest_pulls(tx, id, pulls);
  for (const auto& [day, count] : days) store::add_actions(tx, day.first, day.second * kDayMs, count);
}

void show_manifest(db::Tx& tx, std::int64_t manifest_id, PullStatistics& statistics) {
  const auto pulls = store::manifest_pulls(tx, manifest_id);
  if (!pulls) return;
  statistics.manifest_pulls = pulls->pulls;
  statistics.last_manifest_pull_ms = pulls->last_ms;
}

Error not_found() { return {Errc::not_found, "Not Found"}; }

}  // namespace

void PullCountService::note(const PullNote& note, const RegistryCaller& who, Millis now) {
  if (is_wanted(note.event, tools_.settings)) buffer_.add(note, who, now);
}

PullCountService::Groups PullCountService::take() {
  Groups all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(kept_);
  }
  auto fresh = buffer_.take();
  all.insert(all.end(), std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
  return all;
}

void PullCountService::keep(Groups groups) {
  const std::lock_guard lock(mutex_);
  const auto room = kMostKept - std::min(kMostKept, kept_.size());
  if (groups.size() > room) {
    for (std::size_t i = room; i < groups.size(); ++i) {
      lost_.fetch_add(static_cast<std::uint64_t>(groups[i].count), std::memory_order_relaxed);
    }
    groups.resize(room);
  }
  kept_.insert(kept_.end(), std::make_move_iterator(groups.begin()), std::make_move_iterator(groups.end()));
}

awaitable<void> PullCountService::write() {
  auto all = take();
  std::size_t done = 0;
  std::exception_ptr failed;
  try {
    while (done < all.size()) {
      const auto batch =
          std::span<const PullGroup>(all).subspan(done, std::min(kGroupsATransaction, all.size() - done));
      auto job = [this, batch](db::Tx& tx) {
        write_groups(tx, batch, tools_.settings);
        return true;
      };
      co_await tools_.db.write(std::move(job));
      count_written(batch);
      done += batch.size();
    }
  } catch (...) {
    failed = std::current_exception();
  }
  if (!failed) co_return;
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(done));
  keep(std::move(all));
  std::rethrow_exception(failed);
}

void PullCountService::write_now() {
  const auto all = take();
  for (std::size_t done = 0; done < all.size(); done += kGroupsATransaction) {
    const auto batch = std::span<const PullGroup>(all).subspan(done, std::min(kGroupsATransaction, all.size() - done));
    auto job = [this, batch](db::Tx& tx) {
      write_groups(tx, batch, tools_.settings);
      return true;
    };
    tools_.db.write_now(job);
    count_written(batch);
  }
}

void PullCountService::count_written(std::span<const PullGroup> groups) {
  std::int64_t count = 0;
  for (const auto& group : groups) count += group.count;
  written_.fetch_add(static_cast<std::uint64_t>(count), std::memory_order_relaxed);
}

awaitable<Result<PullStatistics>> PullCountService::of_tag(auth::Principal who, RepoName name, std::string tag) {
  auto job = [&](db::Tx& tx) -> Result<PullStatistics> {
    const auto access = auth::require(tx, who, name, auth::Action::read);
    if (!access) return access.error();
    const auto live = is_tag_name(tag) ? store::find_tag(tx, access->repository_id(), tag, now_ms()) : std::nullopt;
    if (!live) return not_found();
    PullStatistics statistics;
    statistics.digest = live->digest;
    if (const auto pulls = store::tag_pulls(tx, access->repository_id(), tag)) {
      statistics.tag_pulls = pulls->pulls;
      statistics.last_tag_pull_ms = pulls->last_ms;
    }
    show_manifest(tx, live->manifest_id, statistics);
    return statistics;
  };
  co_return co_await tools_.db.read(std::move(job));
}

awaitable<Result<PullStatistics>> PullCountService::of_manifest(auth::Principal who, RepoName name,
                                                                std::string digest) {
  auto job = [&](db::Tx& tx) -> Result<PullStatistics> {
    const auto access = auth::require(tx, who, name, auth::Action::read);
    if (!access) return access.error();
    const auto parsed = Digest::parse(digest);
    const auto manifest = parsed ? store::find_manifest(tx, access->repository_id(), *parsed) : std::nullopt;
    if (!manifest || !store::is_manifest_alive(tx, manifest->id, now_ms())) return not_found();
    PullStatistics statistics;
    statistics.digest = manifest->digest;
    show_manifest(tx, manifest->id, statistics);
    return statistics;
  };
  co_return co_await tools_.db.read(std::move(job));
}

}  // namespace wharf::service
