#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Repositories that users have starred.
class StarService {
 public:
  explicit StarService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
