#include "service/health.h"

#include <algorithm>

#include "base/log.h"
#include "db/outage.h"

namespace wharf::service {
namespace {

// Source: Quay, DISKSPACE_HEALTH_THRESHOLD and DISKSPACE_WARNING_THRESHOLD.
constexpr double kLeastFree = 0.01;
constexpr double kFewFree = 0.10;

const db::Query kPing{"health.ping", "SELECT COUNT(*) FROM schema_migration"};

void say(const char* what, const std::string& why) {
  log::error("health check failed", {{"check", what}, {"detail", why}});
}

}  // namespace

bool Health::good() const {
  return std::ranges::all_of(services, [](const auto& entry) { return entry.second; });
}

bool HealthService::database_is_away() const { return !db::is_reachable(database_); }

awaitable<bool> HealthService::database_works() {
  auto ping = [](db::Tx& tx) { return tx.get<std::int64_t>(kPing) > 0; };
  try {
    co_return co_await database_.lookup(std::move(ping));
  } catch (const std::exception& accident) {
    if (!database_is_away()) say("database", accident.what());
  }
  co_return false;
}

awaitable<bool> HealthService::storage_works() {
  auto probe = [this] { return probe_storage(); };
  co_return co_await storage_.get(std::move(probe));
}

awaitable<bool> HealthService::probe_storage() {
  try {
    auto ok = co_await blobs_.check();
    if (ok) co_return *ok;
    say("storage", ok.error().message + ": " + ok.error().detail);
  } catch (const std::exception& accident) {
    say("storage", accident.what());
  }
  co_return false;
}

bool HealthService::disk_has(double share) const {
  if (data_.empty()) return true;
  std::error_code failed;
  const auto space = std::filesystem::space(data_, failed);
  if (failed) {
    say("disk_space", failed.message());
    return false;
  }
  return space.capacity == 0 || static_cast<double>(space.available) >= share * static_cast<double>(space.capacity);
}

awaitable<Health> HealthService::instance() {
  // Quay's names: here one program is the registry's and the web's server, and whoever reads this has reached it. The
  // accounts are in the database, the signing key in memory.
  const bool database = co_await database_works();
  const bool room = disk_has(kLeastFree);
  Health health{{{"database", database},
                 {"auth", database},
                 {"disk_space", room},
                 {"registry_gunicorn", true},
                 {"web_gunicorn", true},
                 {"service_key", true}}};
  if (!database && database_is_away() && db::time_away(database_) < grace_) health.services["cached_pulls"] = true;
  co_return health;
}

awaitable<Health> HealthService::end_to_end() {
  const bool database = co_await database_works();
  const bool storage = co_await storage_works();
  co_return Health{{{"database", database}, {"auth", database}, {"storage", storage}}};
}

awaitable<Health> HealthService::warning() { co_return Health{{{"disk_space_warning", disk_has(kFewFree)}}}; }

}  // namespace wharf::service
