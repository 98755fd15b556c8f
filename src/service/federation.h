#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Whose tokens from elsewhere a robot takes for its password. Source: Quay, "Robots", federation.
class FederationService {
 public:
  explicit FederationService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
