#pragma once
#include "service/tools.h"

namespace wharf::service {

/// What users do with their own account: sign up, change, recover, convert, delete. Source: Quay, "Users and
/// session".
class ProfileService {
 public:
  explicit ProfileService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
