#pragma once
#include "service/tools.h"

namespace wharf::service {

/// What superusers do with users and organizations. Source: Quay, "Superuser".
class SuperuserService {
 public:
  explicit SuperuserService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
