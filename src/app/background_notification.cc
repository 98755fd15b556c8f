#include "app/background_notification.h"

#include "service/notification.h"

namespace wharf::app {
namespace {

using service::NotificationDeliveries;
using std::chrono::seconds;

// Tags that one transaction reminds of.
constexpr int kRemindersABatch = 100;

void count(NotificationDeliveries& deliveries, metrics::Registry& metrics) {
  const auto counter = [&](std::string_view name, std::string_view help,
                           std::uint64_t (NotificationDeliveries::*value)() const) {
    metrics.callback(metrics::Kind::counter, name, help, {},
                     [&deliveries, value] { return static_cast<double>((deliveries.*value)()); });
  };
  counter("wharf_notifications_delivered_total", "Events of repositories that somebody was told of.",
          &NotificationDeliveries::delivered);
  counter("wharf_notifications_failed_total", "Attempts to tell of an event that failed.",
          &NotificationDeliveries::failed);
  counter("wharf_notifications_stopped_total", "Notifications that failed three times in a row, and stopped.",
          &NotificationDeliveries::stopped);
}

awaitable<void> deliver(NotificationDeliveries& deliveries) { co_await deliveries.deliver(); }

jobs::Job notifications(NotificationDeliveries& deliveries) {
  auto round = [&deliveries] { return deliver(deliveries); };
  auto hurry = [&deliveries] { deliveries.stop(); };
  return {.name = "notifications",
          .first_after = seconds(1),
          .every = seconds(1),
          .round = std::move(round),
          .hurry = std::move(hurry)};
}

awaitable<void> remind_of_expiry(NotificationDeliveries& deliveries) {
  for (;;) {
    const int tags = co_await deliveries.remind_of_expiry(kRemindersABatch);
    if (tags < kRemindersABatch) co_return;
  }
}

jobs::Job expiring_tags(NotificationDeliveries& deliveries) {
  auto round = [&deliveries] { return remind_of_expiry(deliveries); };
  return {.name = "expiring_tags", .first_after = seconds(30), .every = seconds(30), .round = std::move(round)};
}

}  // namespace

void add_notification_jobs(std::vector<jobs::Job>& jobs, service::Services& services, metrics::Registry& metrics) {
  if (services.settings.read_only) return;
  auto& deliveries = services.notifications.deliveries();
  count(deliveries, metrics);
  jobs.push_back(notifications(deliveries));
  if (services.settings.features.image_expiry_trigger) jobs.push_back(expiring_tags(deliveries));
}

}  // namespace wharf::app
