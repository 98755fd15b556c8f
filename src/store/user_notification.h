#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// What the web UI tells users, and the admins of organizations: rows of `user_notification`.
namespace wharf::store {

struct NewUserNotification {
  std::string uuid;
  std::int64_t target_id = 0;   ///< A user, or an organization.
  std::string kind;             ///< Quay's: "org_team_invite".
  std::string metadata = "{}";  ///< A JSON object.
  std::string lookup;           ///< Finds those that are about one thing, to take them back; "" for none.
};
void add_user_notification(db::Tx& tx, const NewUserNotification& wanted, Millis now);
/// Takes back those of a kind that are about one thing.
void delete_user_notifications(db::Tx& tx, std::string_view kind, std::string_view lookup);

struct UserNotification {
  std::string uuid;
  std::optional<std::string> organization;  ///< To whose admins it is addressed; none: to the user.
  std::string kind;
  std::string metadata;  ///< A JSON object.
  bool dismissed = false;
  Millis created_ms = 0;
};
BOOST_DESCRIBE_STRUCT(UserNotification, (), (uuid, organization, kind, metadata, dismissed, created_ms))

/// Who looks: the user, and with `organizations` for the organizations that they administer as well.
struct NotificationReader {
  std::int64_t account_id = 0;
  bool organizations = true;
};
/// Those that are not dismissed, newest first: at most `limit` after the first `skip`.
std::vector<UserNotification> list_user_notifications(db::Tx& tx, NotificationReader reader, std::int64_t limit,
                                                      std::int64_t skip);
/// A dismissed one too; nothing when it is addressed to somebody else.
std::optional<UserNotification> find_user_notification(db::Tx& tx, NotificationReader reader, std::string_view uuid);
void dismiss_user_notification(db::Tx& tx, std::string_view uuid, bool dismissed);

}  // namespace wharf::store
