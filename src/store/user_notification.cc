#include "store/user_notification.h"

namespace wharf::store {
namespace {

#define WHARF_USER_NOTIFICATIONS                                                                                  \
  "SELECT n.uuid, CASE WHEN a.kind = 'organization' THEN a.name ELSE NULL END, n.kind, n.metadata, n.dismissed, " \
  "       n.created_ms FROM user_notification n JOIN account a ON a.id = n.target_id "

// Addressed to the user $1, or with $2 to an organization that they administer.
#define WHARF_NOTIFICATION_READER                                                                     \
  " n.target_id IN (SELECT CAST($1 AS BIGINT) UNION ALL SELECT t.organization_id FROM team_member m " \
  "                   JOIN team t ON t.id = m.team_id WHERE $2 AND m.account_id = $1 AND t.role = 3) "

}  // namespace

void add_user_notification(db::Tx& tx, const NewUserNotification& wanted, Millis now) {
  static const db::Query kInsert{"user_notification.insert", R"(
    INSERT INTO user_notification (uuid, target_id, kind, metadata, lookup, created_ms)
    VALUES ($1, $2, $3, $4, $5, $6))"};
  tx.run(kInsert, wanted.uuid, wanted.target_id, wanted.kind, wanted.metadata, wanted.lookup, now);
}

void delete_user_notifications(db::Tx& tx, std::string_view kind, std::string_view lookup) {
  static const db::Query kDelete{"user_notification.delete",
                                 "DELETE FROM user_notification WHERE kind = $1 AND lookup = $2"};
  tx.run(kDelete, kind, lookup);
}

std::vector<UserNotification> list_user_notifications(db::Tx& tx, NotificationReader reader, std::int64_t limit,
                                                      std::int64_t skip) {
  static const db::Query kList{"user_notification.list",
                               WHARF_USER_NOTIFICATIONS "WHERE" WHARF_NOTIFICATION_READER
                                                        "AND NOT n.dismissed ORDER BY n.id DESC LIMIT $3 OFFSET $4"};
  return tx.all<UserNotification>(kList, reader.account_id, reader.organizations, limit, skip);
}

std::optional<UserNotification> find_user_notification(db::Tx& tx, NotificationReader reader, std::string_view uuid) {
  static const db::Query kFind{"user_notification.find",
                               WHARF_USER_NOTIFICATIONS "WHERE" WHARF_NOTIFICATION_READER "AND n.uuid = $3"};
  return tx.one<UserNotification>(kFind, reader.account_id, reader.organizations, uuid);
}

void dismiss_user_notification(db::Tx& tx, std::string_view uuid, bool dismissed) {
  static const db::Query kSet{"user_notification.dismiss",
                              "UPDATE user_notification SET dismissed = $2 WHERE uuid = $1"};
  tx.run(kSet, uuid, dismissed);
}

}  // namespace wharf::store
