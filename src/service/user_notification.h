#pragma once
#include <string_view>

#include "base/json.h"
#include "service/tools.h"

namespace wharf::service {

/// What the web UI tells a user. Source: Quay, "Users and session", notifications.
class UserNotificationService {
 public:
  explicit UserNotificationService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

/// Tells the user `target_id`, or the admins of that organization, in the transaction of what it is about. `kind` is
/// Quay's ("org_team_invite"), `metadata` has its keys; `lookup` finds it when it is to be taken back.
void notify_user(db::Tx& tx, std::int64_t target_id, std::string_view kind, const json::Object& metadata,
                 std::string_view lookup = {});

}  // namespace wharf::service
