#pragma once
#include "service/tools.h"

namespace wharf::service {

/// What the web UI tells a user. Source: Quay, "Users and session", notifications.
class UserNotificationService {
 public:
  explicit UserNotificationService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
