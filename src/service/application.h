#pragma once
#include "service/tools.h"

namespace wharf::service {

/// OAuth applications of an organization and their tokens. Source: Quay, "OAuth applications and tokens".
class ApplicationService {
 public:
  explicit ApplicationService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
