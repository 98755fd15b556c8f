#include "app/background_scan.h"

#include <memory>

#include "base/log.h"
#include "scan/scanner.h"
#include "service/repository_event.h"
#include "store/scan.h"
#include "store/tag.h"

namespace wharf::app {
namespace {

using std::chrono::seconds;

constexpr int kImagesARound = 100;
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

/// Queues what a report has new for whoever wants to be told of it. Of an image's first report only what is high or
/// worse is told, as in Quay (NOTIFICATION_MIN_SEVERITY_ON_NEW_INDEX).
void tell_of(db::Tx& tx, const service::Settings& settings, const std::vector<scan::NewIssue>& issues) {
  if (issues.empty()) return;
  const auto place = store::find_manifest_place(tx, issues.front().manifest_id);
  if (!place) return;
  std::vector<std::string> tags;
  for (const auto& tag : store::tags_of_manifest(tx, place->repository_id, place->manifest_id, kMostTags, now_ms())) {
    if (!tag.hidden) tags.push_back(tag.name);
  }
  int told = 0;
  for (const auto& one : issues) {
    if (one.first_report && one.severity < vuln::Severity::high) continue;
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
  const auto done = co_await scanner->round(kImagesARound);
  const auto count = [](metrics::Counter& counter, std::int64_t by) { counter.add(static_cast<std::uint64_t>(by)); };
  count(counters.scanned, done.scanned);
  count(counters.failed, done.failed);
  count(counters.put_back, done.put_back);
  count(counters.layers, done.layers);
  count(counters.layer_bytes, done.layer_bytes);
}

awaitable<void> follow_feeds(std::shared_ptr<scan::Scanner> scanner, ScanCounters counters) {
  const int names = co_await scanner->rematch(kNamesARound);
  counters.names.add(static_cast<std::uint64_t>(names));
  if (names > 0) log::info("packages looked up in the new feeds", {{"names", names}});
}

}  // namespace

void add_scan_jobs(std::vector<jobs::Job>& jobs, Core& core, metrics::Registry& metrics) {
  const auto& settings = core.settings();
  if (!settings.features.security_scanner || settings.read_only) return;
  const ScanCounters counters(metrics);
  auto tell = [&settings](db::Tx& tx, const std::vector<scan::NewIssue>& issues) { tell_of(tx, settings, issues); };
  auto scanner = std::make_shared<scan::Scanner>(
      scan::Scanner::Parts{.db = core.database(), .blobs = core.blobs(), .rules = {}, .tell = std::move(tell)});
  auto hurry = [scanner] { scanner->stop(); };
  auto look = [scanner, counters] { return scan_images(scanner, counters); };
  auto follow = [scanner, counters] { return follow_feeds(scanner, counters); };
  jobs.push_back(
      {.name = "scan", .first_after = seconds(1), .every = seconds(1), .round = std::move(look), .hurry = hurry});
  jobs.push_back({.name = "scan_feeds",
                  .first_after = seconds(5),
                  .every = seconds(5),
                  .round = std::move(follow),
                  .hurry = hurry});
}

}  // namespace wharf::app
