#include "app/background_log.h"

#include "service/audit_log.h"
#include "service/pull_count.h"

namespace wharf::app {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// Deleting gives way between batches, and leaves the rest for the next round.
constexpr int kEntriesABatch = 500;
constexpr int kBatchesARound = 200;

awaitable<void> write_pulls(service::PullCountService& pulls) { co_await pulls.write(); }

jobs::Job pulls(service::PullCountService& service, metrics::Registry& metrics) {
  using metrics::Kind;
  metrics.callback(Kind::counter, "wharf_pulls_written_total", "Pulls and failures written to the audit log.", {},
                   [&service] { return static_cast<double>(service.written()); });
  metrics.callback(Kind::counter, "wharf_pulls_dropped_total",
                   "Pulls that are missing in the audit log and the counts, since too many came at once.", {},
                   [&service] { return static_cast<double>(service.dropped()); });
  auto round = [&service] { return write_pulls(service); };
  return {.name = "pulls", .first_after = seconds(1), .every = seconds(1), .round = std::move(round)};
}

awaitable<void> delete_old_log(service::AuditLogService& log, metrics::Counter& deleted) {
  for (int batch = 0; batch < kBatchesARound; ++batch) {
    const auto count = co_await log.delete_old(kEntriesABatch);
    deleted.add(static_cast<std::uint64_t>(count));
    if (count < kEntriesABatch) co_return;
  }
}

jobs::Job log_retention(service::AuditLogService& log, metrics::Registry& metrics) {
  auto& deleted = metrics.counter("wharf_log_entries_deleted_total", "Entries of the audit log deleted for their age.");
  auto round = [&log, &deleted] { return delete_old_log(log, deleted); };
  return {.name = "log_retention", .first_after = minutes(2), .every = minutes(5), .round = std::move(round)};
}

awaitable<void> count_days(service::AuditLogService& log) { co_await log.count_days(); }

jobs::Job log_days(service::AuditLogService& log) {
  auto round = [&log] { return count_days(log); };
  return {.name = "log_days", .first_after = seconds(10), .every = minutes(1), .round = std::move(round)};
}

awaitable<void> call_back(service::AuditLogExports& exports) {
  while (co_await exports.deliver_one()) {
  }
}

jobs::Job log_exports(service::AuditLogExports& exports) {
  auto round = [&exports] { return call_back(exports); };
  auto hurry = [&exports] { exports.stop(); };
  return {.name = "log_exports",
          .first_after = seconds(1),
          .every = seconds(1),
          .round = std::move(round),
          .hurry = std::move(hurry)};
}

awaitable<void> forget_exports(service::AuditLogExports& exports) {
  for (int batch = 0; batch < kBatchesARound; ++batch) {
    const auto count = co_await exports.delete_expired(kEntriesABatch);
    if (count < kEntriesABatch) co_return;
  }
}

jobs::Job expired_log_exports(service::AuditLogExports& exports) {
  auto round = [&exports] { return forget_exports(exports); };
  return {.name = "expired_log_exports", .first_after = minutes(3), .every = minutes(10), .round = std::move(round)};
}

}  // namespace

void add_log_jobs(std::vector<jobs::Job>& jobs, service::Services& services, metrics::Registry& metrics) {
  if (services.settings.read_only) return;
  jobs.push_back(pulls(services.pull_counts, metrics));
  jobs.push_back(log_days(services.audit_log));
  jobs.push_back(log_exports(services.audit_log.exports()));
  jobs.push_back(expired_log_exports(services.audit_log.exports()));
  if (services.settings.log_retention_s > 0) jobs.push_back(log_retention(services.audit_log, metrics));
}

}  // namespace wharf::app
