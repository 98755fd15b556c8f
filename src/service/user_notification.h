#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/principal.h"
#include "base/clock.h"
#include "base/json.h"
#include "service/tools.h"

namespace wharf::service {

struct UserNotificationView {
  std::string id;
  json::Nullable<std::string> organization;  ///< To whose admins it is addressed.
  std::string kind;
  Rfc2822 created;
  json::Object metadata;
  bool dismissed = false;
};
BOOST_DESCRIBE_STRUCT(UserNotificationView, (), (id, organization, kind, created, metadata, dismissed))

struct UserNotifications {
  std::vector<UserNotificationView> notifications;
  bool additional = false;  ///< There are more behind this page.
};
BOOST_DESCRIBE_STRUCT(UserNotifications, (), (notifications, additional))

struct Dismissal {
  std::optional<bool> dismissed;  ///< Absent: false.
};
BOOST_DESCRIBE_STRUCT(Dismissal, (), (dismissed))

/// What the web UI tells a user: what is addressed to them, and to the organizations that they administer.
///
/// Each method answers denied (unauthenticated to the anonymous) to a caller without user:admin; what is addressed to
/// organizations needs org:admin as well. Source: Quay, "Users and session", notifications.
class UserNotificationService {
 public:
  explicit UserNotificationService(const Tools& tools) : tools_(tools) {}

  /// Those that are not dismissed, newest first; `page` from 0, `limit` 1 to 100 a page: what is beyond is clamped.
  awaitable<Result<UserNotifications>> list(auth::Principal who, std::int64_t page, std::int64_t limit);
  /// Errors: not_found, also for what is addressed to others.
  awaitable<Result<UserNotificationView>> view(auth::Principal who, std::string uuid);
  /// Errors: not_found, also for what is addressed to others; then those of `wanted`.
  awaitable<Result<UserNotificationView>> dismiss(auth::Principal who, std::string uuid, Result<Dismissal> wanted);

 private:
  const Tools tools_;
};

/// Tells the user `target_id`, or the admins of that organization, in the transaction of what it is about. `kind` is
/// Quay's ("org_team_invite"), `metadata` has its keys; `lookup` finds it when it is to be taken back.
void notify_user(db::Tx& tx, std::int64_t target_id, std::string_view kind, const json::Object& metadata,
                 std::string_view lookup = {});

}  // namespace wharf::service
