#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// Who is told what of a repository: rows of `notification`, and the tags of which `notification_expiry` says that it
/// was told of their end.
namespace wharf::store {

/// After so many failures in a row nothing is delivered until somebody resets them.
inline constexpr std::int64_t kMostNotificationFailures = 3;

struct Notification {
  std::int64_t id = 0;
  std::string uuid;
  std::string event;   ///< "repo_push"
  std::string method;  ///< "webhook"
  std::optional<std::string> title;
  std::string config = "{}";        ///< The method's: a JSON object.
  std::string event_config = "{}";  ///< Likewise the event's.
  std::int64_t failures = 0;
  std::string base_url;               ///< Begins the links: "https://registry.example.com".
  std::optional<std::int64_t> days;   ///< Of repo_image_expiry: how long before the end.
  std::optional<std::int64_t> level;  ///< Of vulnerability_found: the least severity, 0 the worst; none: every one.
};
BOOST_DESCRIBE_STRUCT(Notification, (),
                      (id, uuid, event, method, title, config, event_config, failures, base_url, days, level))

void insert_notification(db::Tx& tx, std::int64_t repository_id, const Notification& wanted, Millis now);
/// Oldest first.
std::vector<Notification> list_notifications(db::Tx& tx, std::int64_t repository_id);
std::int64_t count_notifications(db::Tx& tx, std::int64_t repository_id);
/// Nothing for one of another repository.
std::optional<Notification> find_notification(db::Tx& tx, std::int64_t repository_id, std::string_view uuid);
/// What waits to be delivered for it goes with it.
void delete_notification(db::Tx& tx, std::int64_t id);
void reset_notification_failures(db::Tx& tx, std::int64_t id);

/// A tag that is about to end, and the notification that is to tell of it.
struct ExpiringTag {
  std::int64_t notification_id = 0;
  std::string notification_uuid;
  std::int64_t days = 0;
  std::int64_t tag_id = 0;
  std::string tag;
  Millis end_ms = 0;
};
BOOST_DESCRIBE_STRUCT(ExpiringTag, (), (notification_id, notification_uuid, days, tag_id, tag, end_ms))

/// Those that no notification has told of yet, at most `limit`, one notification's together. Holds off other nodes that
/// look for them until the transaction ends.
std::vector<ExpiringTag> take_expiring_tags(db::Tx& tx, Millis now, int limit);
/// Notes that it was told of them.
void note_expiring_tag(db::Tx& tx, const ExpiringTag& told);

}  // namespace wharf::store
