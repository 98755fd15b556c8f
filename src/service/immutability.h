#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Policies by which tags are immutable. Source: Quay, "immutability_policy".
class ImmutabilityService {
 public:
  explicit ImmutabilityService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
