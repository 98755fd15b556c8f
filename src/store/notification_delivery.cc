#include "store/notification_delivery.h"

namespace wharf::store {
namespace {

// Due at $1, and neither is another of its notification under way nor an older one due.
#define WHARF_DUE_DELIVERY                                                                                  \
  " WHERE d.available_ms <= $1 AND d.lease_ms <= $1 AND NOT EXISTS (SELECT 1 FROM notification_delivery o " \
  "         WHERE o.notification_id = d.notification_id AND o.id <> d.id "                                  \
  "           AND (o.lease_ms > $1 OR (o.available_ms <= $1 AND o.id < d.id))) "

}  // namespace

void queue_event(db::Tx& tx, std::int64_t repository_id, std::string_view event, const EventData& what, Millis now) {
  static const db::Query kQueue{"notification.queue_event", R"(
    INSERT INTO notification_delivery (notification_id, event_data, performer, created_ms, available_ms)
    SELECT id, $3, $4, $5, $5 FROM notification
     WHERE repository_id = $1 AND event = $2 AND failures < $6 AND (level IS NULL OR level >= $7))"};
  tx.run(kQueue, repository_id, event, what.data, what.performer, now, kMostNotificationFailures, what.severity);
}

void queue_delivery(db::Tx& tx, std::int64_t notification_id, const EventData& what, Millis now) {
  static const db::Query kQueue{"notification.queue_delivery", R"(
    INSERT INTO notification_delivery (notification_id, event_data, performer, created_ms, available_ms)
    SELECT id, $2, $3, $4, $4 FROM notification WHERE id = $1 AND failures < $5)"};
  tx.run(kQueue, notification_id, what.data, what.performer, now, kMostNotificationFailures);
}

bool has_due_delivery(db::Tx& tx, Millis now) {
  static const db::Query kDue{"notification.has_due",
                              "SELECT d.id FROM notification_delivery d " WHARF_DUE_DELIVERY " LIMIT 1"};
  return tx.one<std::int64_t>(kDue, now).has_value();
}

std::vector<Delivery> take_due_deliveries(db::Tx& tx, Millis now, Millis until, int limit) {
  static const db::Query kDue{"notification.due", R"(
    SELECT d.id, n.id, n.uuid, n.event, n.method, n.config, n.event_config, n.base_url, d.event_data, d.performer,
           d.attempts + 1, r.id, r.namespace_id, a.name, a.kind = 'organization', r.name,
           r.deleted_ms IS NOT NULL
      FROM notification_delivery d JOIN notification n ON n.id = d.notification_id
      JOIN repository r ON r.id = n.repository_id JOIN account a ON a.id = r.namespace_id )" WHARF_DUE_DELIVERY
                                                  " ORDER BY d.available_ms, d.id LIMIT $2"};
  static const db::Query kTake{"notification.take",
                               "UPDATE notification_delivery SET lease_ms = $2, attempts = attempts + 1 WHERE id = $1"};
  tx.lock("notification_delivery");
  auto due = tx.all<Delivery>(kDue, now, limit);
  for (const auto& delivery : due) tx.run(kTake, delivery.id, until);
  return due;
}

void finish_delivery(db::Tx& tx, const Delivery& delivery) {
  drop_delivery(tx, delivery);
  reset_notification_failures(tx, delivery.notification_id);
}

void drop_delivery(db::Tx& tx, const Delivery& delivery) {
  static const db::Query kDelete{"notification.drop_delivery", "DELETE FROM notification_delivery WHERE id = $1"};
  tx.run(kDelete, delivery.id);
}

void release_delivery(db::Tx& tx, const Delivery& delivery) {
  static const db::Query kRelease{
      "notification.release_delivery",
      "UPDATE notification_delivery SET lease_ms = 0, attempts = attempts - 1 WHERE id = $1 AND attempts = $2"};
  tx.run(kRelease, delivery.id, delivery.attempts);
}

std::int64_t fail_delivery(db::Tx& tx, const Delivery& delivery, Millis again_ms) {
  static const db::Query kCount{"notification.fail",
                                "UPDATE notification SET failures = failures + 1 WHERE id = $1 RETURNING failures"};
  static const db::Query kEmpty{"notification.empty_queue",
                                "DELETE FROM notification_delivery WHERE notification_id = $1"};
  static const db::Query kAgain{"notification.again",
                                "UPDATE notification_delivery SET lease_ms = 0, available_ms = $2 WHERE id = $1"};
  const auto failures = tx.one<std::int64_t>(kCount, delivery.notification_id).value_or(kMostNotificationFailures);
  if (failures >= kMostNotificationFailures) {
    tx.run(kEmpty, delivery.notification_id);
  } else if (again_ms > 0) {
    tx.run(kAgain, delivery.id, again_ms);
  } else {
    drop_delivery(tx, delivery);
  }
  return failures;
}

}  // namespace wharf::store
