#include "app/background.h"

#include "app/background_log.h"
#include "base/clock.h"
#include "base/log.h"
#include "service/token.h"
#include "service/upload.h"

namespace wharf::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr int kUploadsARound = 100;

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

}  // namespace

std::vector<jobs::Job> background_jobs(service::Services& services, const Config& config, metrics::Registry& metrics) {
  std::vector<jobs::Job> jobs;
  if (!services.settings.read_only) jobs.push_back(stale_uploads(services.uploads, config, metrics));
  jobs.push_back(service_key(services.tokens));
  add_log_jobs(jobs, services, metrics);
  return jobs;
}

}  // namespace wharf::app
