#include "app/background.h"

#include "app/background_event.h"
#include "app/background_log.h"
#include "app/background_notification.h"
#include "base/clock.h"
#include "base/log.h"
#include "service/gc.h"
#include "service/immutability.h"
#include "service/insight.h"
#include "service/mail.h"
#include "service/registry_size.h"
#include "service/search.h"
#include "service/service_key.h"
#include "service/token.h"
#include "service/upload.h"

namespace wharf::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr int kUploadsARound = 100;
constexpr int kMailsARound = 1000;

struct UploadCounters {
  metrics::Counter& ended;
  metrics::Counter& leftovers;
};

awaitable<void> end_stale_uploads(service::UploadService& uploads, Millis age_ms, UploadCounters counters) {
  const auto done = co_await uploads.end_stale(now_ms() - age_ms, kUploadsARound);
  counters.ended.add(static_cast<std::uint64_t>(done.uploads));
  counters.leftovers.add(static_cast<std::uint64_t>(done.leftovers));
  if (done.uploads + done.leftovers > 0) {
    log::info("abandoned uploads ended", {{"uploads", done.uploads}, {"leftovers", done.leftovers}});
  }
}

jobs::Job stale_uploads(service::UploadService& uploads, const Config& config, metrics::Registry& metrics) {
  const UploadCounters counters{
      metrics.counter("wharf_stale_uploads_ended_total", "Uploads ended as nobody went on with them."),
      metrics.counter("wharf_upload_leftovers_removed_total", "Files removed that belonged to no upload any more.")};
  const auto age_ms = std::chrono::milliseconds(config.stale_upload_age).count();
  auto round = [&uploads, age_ms, counters] { return end_stale_uploads(uploads, age_ms, counters); };
  return {.name = "stale_uploads", .first_after = minutes(1), .every = minutes(10), .round = std::move(round)};
}

awaitable<void> renew_service_key(service::TokenService& tokens) { co_await tokens.renew_key(); }

jobs::Job service_key(service::TokenService& tokens) {
  auto round = [&tokens] { return renew_service_key(tokens); };
  return {.name = "service_key", .first_after = hours(1), .every = hours(1), .round = std::move(round)};
}

/// What the collection deleted, under the names of Quay's tables. Source: Quay's metrics.
struct GarbageCounters {
  explicit GarbageCounters(metrics::Registry& metrics)
      : tags(table(metrics, "Tag")),
        manifests(table(metrics, "Manifest")),
        manifest_blobs(table(metrics, "ManifestBlob")),
        manifest_children(table(metrics, "ManifestChild")),
        repository_blobs(table(metrics, "UploadedBlob")),
        blobs(table(metrics, "ImageStorage")),
        files(metrics.counter("quay_gc_storage_blobs_deleted_total", "Blobs whose bytes were deleted.")),
        repositories(metrics.counter("quay_gc_repos_purged_total", "Deleted repositories that were purged.")),
        namespaces(metrics.counter("quay_gc_namespaces_purged_total", "Deleted namespaces that were purged.")),
        rounds(metrics.counter("quay_gc_iterations_total", "Rounds of the garbage collection.")),
        bytes(metrics.counter("wharf_gc_freed_bytes_total", "Bytes of the blobs that were deleted.")),
        strays(metrics.counter("wharf_gc_stray_files_total", "Files found that no row named.")) {}

  static metrics::Counter& table(metrics::Registry& metrics, std::string_view name) {
    return metrics.counter("quay_gc_table_rows_deleted_total", "Rows that the garbage collection deleted.",
                           {{"table", std::string(name)}});
  }

  void add(const store::Freed& freed) const {
    const auto count = [](metrics::Counter& counter, std::int64_t by) { counter.add(static_cast<std::uint64_t>(by)); };
    count(tags, freed.tags);
    count(manifests, freed.manifests);
    count(manifest_blobs, freed.manifest_blobs);
    count(manifest_children, freed.manifest_children);
    count(repository_blobs, freed.repository_blobs);
    count(blobs, freed.blobs);
    count(files, freed.blobs);
    count(repositories, freed.repositories);
    count(namespaces, freed.namespaces);
    count(bytes, freed.bytes);
    count(strays, freed.strays);
  }

  metrics::Counter &tags, &manifests, &manifest_blobs, &manifest_children, &repository_blobs, &blobs, &files,
      &repositories, &namespaces, &rounds, &bytes, &strays;
};

awaitable<void> collect_garbage(service::GarbageService& garbage, GarbageCounters counters) {
  auto progress = [counters](const store::Freed& freed) { counters.add(freed); };
  const service::GarbageService::Effort effort;
  const auto round = co_await garbage.collect(effort, std::move(progress));
  if (!round.ran) co_return;
  counters.rounds.add();
  const auto& freed = round.freed;
  if (freed.rows() == 0) co_return;
  log::info("garbage collected", {{"tags", freed.tags},
                                  {"manifests", freed.manifests},
                                  {"blobs", freed.blobs},
                                  {"bytes", freed.bytes},
                                  {"repositories", freed.repositories},
                                  {"namespaces", freed.namespaces}});
}

jobs::Job garbage(service::Services& services, metrics::Registry& metrics) {
  const GarbageCounters counters(metrics);
  auto& service = services.garbage;
  const std::chrono::seconds every(services.settings.gc_every_s);
  auto round = [&service, counters] { return collect_garbage(service, counters); };
  return {.name = "garbage", .first_after = every, .every = every, .round = std::move(round), .hurry = [&service] {
            service.stop();
          }};
}

awaitable<void> finish_walks(service::ImmutabilityService& immutability) { co_await immutability.finish_walks(); }

/// Only what a server that stopped left undone.
jobs::Job immutability(service::ImmutabilityService& service) {
  auto round = [&service] { return finish_walks(service); };
  auto hurry = [&service] { service.stop(); };
  return {.name = "immutability",
          .first_after = std::chrono::seconds(10),
          .every = minutes(5),
          .round = std::move(round),
          .hurry = std::move(hurry)};
}

struct MailCounters {
  metrics::Counter &sent, &failed, &dropped;
};

awaitable<void> deliver_mails(service::MailService& mails, MailCounters counters) {
  const auto done = co_await mails.deliver(kMailsARound);
  counters.sent.add(static_cast<std::uint64_t>(done.sent));
  counters.failed.add(static_cast<std::uint64_t>(done.failed));
  counters.dropped.add(static_cast<std::uint64_t>(done.dropped));
}

jobs::Job mails(service::MailService& service, metrics::Registry& metrics) {
  const MailCounters counters{
      metrics.counter("wharf_mails_sent_total", "Mails that the mail server took."),
      metrics.counter("wharf_mails_failed_total", "Attempts to send a mail that failed and come again."),
      metrics.counter("wharf_mails_dropped_total", "Mails given up after the last attempt.")};
  auto round = [&service, counters] { return deliver_mails(service, counters); };
  auto hurry = [&service] { service.stop(); };
  const std::chrono::seconds every(1);  // Somebody looks into their inbox.
  return {.name = "mails", .first_after = every, .every = every, .round = std::move(round), .hurry = std::move(hurry)};
}

awaitable<void> index_texts(service::SearchService& search) { co_await search.index(); }

jobs::Job search_index(service::SearchService& search) {
  auto round = [&search] { return index_texts(search); };
  const std::chrono::seconds every(1);  // Searches look at every text that has changed since.
  return {.name = "search_index", .first_after = every, .every = every, .round = std::move(round)};
}

awaitable<void> remove_old_service_keys(service::ServiceKeyService& keys) { co_await keys.remove_old(); }

jobs::Job old_service_keys(service::ServiceKeyService& keys) {
  auto round = [&keys] { return remove_old_service_keys(keys); };
  return {.name = "old_service_keys", .first_after = minutes(5), .every = hours(1), .round = std::move(round)};
}

awaitable<void> count_registry_size(service::RegistrySizeService& service) { co_await service.count(); }

jobs::Job registry_size(service::RegistrySizeService& service) {
  auto round = [&service] { return count_registry_size(service); };
  const std::chrono::seconds every(15);  // A superuser waits for it.
  return {.name = "registry_size", .first_after = every, .every = every, .round = std::move(round)};
}

awaitable<void> count_insight(service::InsightService& service) { co_await service.count(); }

jobs::Job insight(service::InsightService& service) {
  auto round = [&service] { return count_insight(service); };
  const std::chrono::seconds every(2);  // A superuser waits for it.
  return {.name = "insight", .first_after = every, .every = every, .round = std::move(round)};
}

}  // namespace

std::vector<jobs::Job> background_jobs(service::Services& services, const Config& config, metrics::Registry& metrics) {
  std::vector<jobs::Job> jobs;
  if (!services.settings.read_only) jobs.push_back(stale_uploads(services.uploads, config, metrics));
  // As in Quay, nothing is collected where nothing may be pushed.
  const auto& settings = services.settings;
  if (settings.features.garbage_collection && !settings.read_only && !settings.disable_pushes) {
    jobs.push_back(garbage(services, metrics));
  }
  if (settings.features.immutable_tags && !settings.read_only) jobs.push_back(immutability(services.immutability));
  if (settings.features.mailing && !settings.read_only) jobs.push_back(mails(services.mails, metrics));
  if (!settings.read_only) jobs.push_back(search_index(services.search));
  if (!settings.read_only) jobs.push_back(registry_size(services.registry_size));
  if (!settings.read_only) jobs.push_back(insight(services.insight));
  if (!settings.read_only) jobs.push_back(old_service_keys(services.service_keys));
  jobs.push_back(service_key(services.tokens));
  add_log_jobs(jobs, services, metrics);
  add_notification_jobs(jobs, services, metrics);
  add_event_jobs(jobs, services, config, metrics);
  return jobs;
}

}  // namespace wharf::app
