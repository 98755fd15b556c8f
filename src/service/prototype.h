#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Default permissions of an organization. Source: Quay, "Default permissions (prototypes)".
class PrototypeService {
 public:
  explicit PrototypeService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
