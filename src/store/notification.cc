#include "store/notification.h"

namespace wharf::store {
namespace {

#define WHARF_NOTIFICATION                                                                                          \
  "SELECT id, uuid, event, method, title, config, event_config, failures, base_url, days, level FROM notification " \
  " WHERE repository_id = $1 "

}  // namespace

void insert_notification(db::Tx& tx, std::int64_t repository_id, const Notification& wanted, Millis now) {
  static const db::Query kInsert{"notification.insert", R"(
    INSERT INTO notification (uuid, repository_id, event, method, title, config, event_config, base_url, days,
                              level, created_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))"};
  tx.run(kInsert, wanted.uuid, repository_id, wanted.event, wanted.method, wanted.title, wanted.config,
         wanted.event_config, wanted.base_url, wanted.days, wanted.level, now);
}

std::vector<Notification> list_notifications(db::Tx& tx, std::int64_t repository_id) {
  static const db::Query kList{"notification.list", WHARF_NOTIFICATION "ORDER BY id"};
  return tx.all<Notification>(kList, repository_id);
}

std::int64_t count_notifications(db::Tx& tx, std::int64_t repository_id) {
  static const db::Query kCount{"notification.count", "SELECT COUNT(*) FROM notification WHERE repository_id = $1"};
  return tx.get<std::int64_t>(kCount, repository_id);
}

std::optional<Notification> find_notification(db::Tx& tx, std::int64_t repository_id, std::string_view uuid) {
  static const db::Query kFind{"notification.find", WHARF_NOTIFICATION "AND uuid = $2"};
  return tx.one<Notification>(kFind, repository_id, uuid);
}

void delete_notification(db::Tx& tx, std::int64_t id) {
  static const db::Query kDelete{"notification.delete", "DELETE FROM notification WHERE id = $1"};
  tx.run(kDelete, id);
}

void reset_notification_failures(db::Tx& tx, std::int64_t id) {
  static const db::Query kReset{"notification.reset_failures",
                                "UPDATE notification SET failures = 0 WHERE id = $1 AND failures > 0"};
  tx.run(kReset, id);
}

std::vector<ExpiringTag> take_expiring_tags(db::Tx& tx, Millis now, int limit) {
  static const db::Query kList{"notification.expiring", R"(
    SELECT n.id, n.uuid, n.days, t.id, t.name, t.end_ms
      FROM notification n JOIN repository r ON r.id = n.repository_id
      JOIN tag t ON t.repository_id = n.repository_id AND t.end_ms > $1 AND t.end_ms <= $1 + n.days * 86400000
      LEFT JOIN notification_expiry e ON e.notification_id = n.id AND e.tag_id = t.id AND e.end_ms = t.end_ms
     WHERE n.days IS NOT NULL AND n.failures < $3 AND r.deleted_ms IS NULL AND NOT t.hidden AND e.tag_id IS NULL
     ORDER BY n.repository_id, n.id, t.end_ms, t.name LIMIT $2)"};
  tx.lock("notification_expiry");
  return tx.all<ExpiringTag>(kList, now, limit, kMostNotificationFailures);
}

void note_expiring_tag(db::Tx& tx, const ExpiringTag& told) {
  static const db::Query kNote{"notification.note_expiring", R"(
    INSERT INTO notification_expiry (notification_id, tag_id, end_ms) VALUES ($1, $2, $3)
    ON CONFLICT (notification_id, tag_id) DO UPDATE SET end_ms = excluded.end_ms)"};
  tx.run(kNote, told.notification_id, told.tag_id, told.end_ms);
}

}  // namespace wharf::store
