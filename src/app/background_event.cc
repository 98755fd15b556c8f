#include "app/background_event.h"

#include "service/event.h"

namespace wharf::app {
namespace {

awaitable<void> exchange(service::EventService& events) { co_await events.exchange(); }

}  // namespace

void add_event_jobs(std::vector<jobs::Job>& jobs, service::Services& services, const Config& config,
                    metrics::Registry& metrics) {
  auto& events = services.events;
  metrics.callback(metrics::Kind::gauge, "wharf_event_streams", "Listeners to what users do.", {},
                   [&events] { return static_cast<double>(events.streams()); });
  const auto& settings = services.settings;
  // On SQLite there is one node.
  const bool many_nodes = !config.database_uri().starts_with("sqlite");
  if (!settings.features.user_events || settings.read_only || !many_nodes) return;
  auto round = [&events] { return exchange(events); };
  const std::chrono::seconds every(1);
  jobs.push_back({.name = "events", .first_after = every, .every = every, .round = std::move(round)});
}

}  // namespace wharf::app
