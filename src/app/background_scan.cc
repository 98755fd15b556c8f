#include "app/background_scan.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "base/log.h"
#include "scan/feed_updates.h"
#include "scan/scanner.h"
#include "service/outside.h"
#include "service/repository_event.h"
#include "store/scan.h"
#include "store/tag.h"
#include "vuln/severity.h"
#include "vuln/store.h"

namespace wharf::app {
namespace {

using std::chrono::seconds;

constexpr int kImagesARound = 128;
constexpr int kNamesARound = 20'000;
constexpr int kMostTags = 100;
constexpr int kMostIssuesTold = 100;  // of one report

struct ScanCounters {
  explicit ScanCounters(metrics::Registry& metrics)
      : scanned(metrics.counter("wharf_scans_total", "Images that the scanner looked at.", {{"result", "scanned"}})),
        failed(metrics.counter("wharf_scans_total", "Images that the scanner looked at.", {{"result", "failed"}})),
        put_back(metrics.counter("wharf_scans_total", "Images that the scanner looked at.", {{"result", "put_back"}})),
        layers(metrics.counter("wharf_scan_layers_total", "Layers whose packages were read.")),
        layer_bytes(metrics.counter("wharf_scan_layer_bytes_total", "Their bytes, as they are stored.")),
        names(metrics.counter("wharf_scan_names_total", "Names of packages looked up again as the feeds changed.")) {}

  metrics::Counter &scanned, &failed, &put_back, &layers, &layer_bytes, &names;
};

service::Severity told_severity(vuln::Severity severity) {
  switch (severity) {
    case vuln::Severity::critical:
      return service::Severity::Critical;
    case vuln::Severity::high:
      return service::Severity::High;
    case vuln::Severity::medium:
      return service::Severity::Medium;
    case vuln::Severity::low:
      return service::Severity::Low;
    case vuln::Severity::negligible:
      return service::Severity::Negligible;
    case vuln::Severity::unknown:
      return service::Severity::Unknown;
  }
  return service::Severity::Unknown;
}

/// What is told of an image's first report: nothing, or what is as bad as this or worse.
using FirstReport = std::optional<vuln::Severity>;

/// Queues what a report has new for whoever wants to be told of it.
void tell_of(db::Tx& tx, const service::Settings& settings, FirstReport first,
             const std::vector<scan::NewIssue>& issues) {
  if (issues.empty()) return;
  const auto place = store::find_manifest_place(tx, issues.front().manifest_id);
  if (!place) return;
  std::vector<std::string> tags;
  for (const auto& tag : store::tags_of_manifest(tx, place->repository_id, place->manifest_id, kMostTags, now_ms())) {
    if (!tag.hidden) tags.push_back(tag.name);
  }
  int told = 0;
  for (const auto& one : issues) {
    if (one.first_report && (!first || one.severity < *first)) continue;
    if (++told > kMostIssuesTold) break;
    const service::FoundVulnerability found{.id = one.issue.name,
                                            .description = one.issue.description,
                                            .link = one.issue.links.empty() ? std::string() : one.issue.links.front(),
                                            .priority = told_severity(one.severity),
                                            .has_fix = one.has_fix};
    service::queue_vulnerability(tx, settings, place->repository_id, tags, found, one.first_report, now_ms());
  }
}

awaitable<void> scan_images(std::shared_ptr<scan::Scanner> scanner, ScanCounters counters) {
  const auto count = [](metrics::Counter& counter, std::int64_t by) { counter.add(static_cast<std::uint64_t>(by)); };
  // Counted now and then, until nothing is due.
  for (bool more = true; more;) {
    const auto done = co_await scanner->round(kImagesARound);
    count(counters.scanned, done.scanned);
    count(counters.failed, done.failed);
    count(counters.put_back, done.put_back);
    count(counters.layers, done.layers);
    count(counters.layer_bytes, done.layer_bytes);
    more = done.scanned + done.failed + done.put_back >= kImagesARound;
  }
}

awaitable<void> follow_feeds(std::shared_ptr<scan::Scanner> scanner, ScanCounters counters) {
  const int names = co_await scanner->rematch(kNamesARound);
  counters.names.add(static_cast<std::uint64_t>(names));
  if (names > 0) log::info("packages looked up in the new feeds", {{"names", names}});
}

/// How old the feeds are and how long the queue is, as of the last look.
struct ScanGauges {
  explicit ScanGauges(metrics::Registry& registry)
      : metrics(registry),
        waiting(registry.gauge("wharf_scan_queue", "Images that wait to be scanned, again or for the first time.")),
        failed(registry.gauge("wharf_scan_failed", "Images that could not be scanned.")),
        oldest(registry.gauge("wharf_scan_queue_oldest_seconds", "How long the first in the queue has been due.")) {}

  metrics::Registry& metrics;
  metrics::Gauge &waiting, &failed, &oldest;
};

awaitable<void> measure(db::Database& database, ScanGauges gauges) {
  auto count = [](db::Tx& tx) { return std::pair(store::count_scans(tx), vuln::list_feeds(tx)); };
  const auto [counts, feeds] = co_await database.read(std::move(count));
  const auto age = [now = now_ms()](Millis since) {
    return static_cast<double>(std::max<Millis>(0, now - since)) / 1000;
  };
  gauges.waiting.set(static_cast<double>(counts.wanted));
  gauges.failed.set(static_cast<double>(counts.failed));
  gauges.oldest.set(counts.oldest_ms == 0 ? 0 : age(counts.oldest_ms));
  for (const auto& feed : feeds) {
    gauges.metrics
        .gauge("wharf_vulnerability_feed_age_seconds", "Since the vulnerability feed was imported.",
               {{"feed", feed.feed}})
        .set(age(feed.finished_ms));
  }
}

struct FeedCounters {
  explicit FeedCounters(metrics::Registry& metrics)
      : imported(counter(metrics, "imported")),
        unchanged(counter(metrics, "unchanged")),
        failed(counter(metrics, "failed")) {}
  static metrics::Counter& counter(metrics::Registry& metrics, std::string_view result) {
    return metrics.counter("wharf_vulnerability_feed_fetches_total", "Vulnerability feeds that were asked for.",
                           {{"result", std::string(result)}});
  }
  metrics::Counter &imported, &unchanged, &failed;
};

awaitable<void> fetch_feeds(std::shared_ptr<scan::FeedUpdates> updates, FeedCounters counters) {
  const auto done = co_await updates->round();
  counters.imported.add(static_cast<std::uint64_t>(done.imported));
  counters.unchanged.add(static_cast<std::uint64_t>(done.unchanged));
  counters.failed.add(static_cast<std::uint64_t>(done.failed));
}

jobs::Job feeds(Core& core, const Config& config, metrics::Registry& metrics) {
  std::vector<std::string> urls;
  for (const auto& item : config.vulnerability_feeds) {
    for (auto& url : vuln::urls_of_feed(item).value()) urls.push_back(std::move(url));
  }
  auto updates =
      std::make_shared<scan::FeedUpdates>(scan::FeedUpdates::Parts{.db = core.database(),
                                                                   .folder = config.data / "feeds",
                                                                   .urls = std::move(urls),
                                                                   .every = config.vulnerability_feeds_interval.seconds,
                                                                   .policy = service::outside_policy(core.settings())});
  auto round = [updates, counters = FeedCounters(metrics)] { return fetch_feeds(updates, counters); };
  auto hurry = [updates] { updates->stop(); };
  return {.name = "vulnerability_feeds",
          .first_after = seconds(2),
          .every = seconds(30),
          .round = std::move(round),
          .hurry = std::move(hurry)};
}

}  // namespace

void add_scan_jobs(std::vector<jobs::Job>& jobs, Core& core, const Config& config, metrics::Registry& metrics) {
  const auto& settings = core.settings();
  if (!settings.features.security_scanner || settings.read_only) return;
  const ScanCounters counters(metrics);
  const FirstReport first = settings.features.security_scanner_notify_on_new_index
                                ? FirstReport(vuln::severity_of_word(config.notify_min_severity))
                                : std::nullopt;
  auto tell = [&settings, first](db::Tx& tx, const std::vector<scan::NewIssue>& issues) {
    tell_of(tx, settings, first, issues);
  };
  const scan::ScanRules rules{.largest_layer_bytes = config.scan_max_layer_bytes,
                              .most_attempts = config.scan_attempts};
  auto scanner = std::make_shared<scan::Scanner>(
      scan::Scanner::Parts{.db = core.database(), .blobs = core.blobs(), .rules = rules, .tell = std::move(tell)});
  auto hurry = [scanner] { scanner->stop(); };
  auto look = [scanner, counters] { return scan_images(scanner, counters); };
  auto follow = [scanner, counters] { return follow_feeds(scanner, counters); };
  jobs.push_back({.name = "scan",
                  .first_after = seconds(1),
                  .every = config.scan_interval,
                  .round = std::move(look),
                  .hurry = hurry});
  jobs.push_back({.name = "scan_feeds",
                  .first_after = seconds(5),
                  .every = seconds(5),
                  .round = std::move(follow),
                  .hurry = hurry});
  jobs.push_back(feeds(core, config, metrics));
  auto look_at_numbers = [&database = core.database(), gauges = ScanGauges(metrics)] {
    return measure(database, gauges);
  };
  jobs.push_back(
      {.name = "scan_metrics", .first_after = seconds(3), .every = seconds(60), .round = std::move(look_at_numbers)});
}

}  // namespace wharf::app
