#pragma once
#include <cstdint>
#include <string>

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

}  // namespace wharf::store
