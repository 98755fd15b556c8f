#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Notifications of events in a repository, and their delivery. Source: Quay, "repositorynotification".
class NotificationService {
 public:
  explicit NotificationService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
