#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Service keys: made, approved, extended, and served to those who check signatures. Source: Quay, "Superuser" and
/// "Key server".
class ServiceKeyService {
 public:
  explicit ServiceKeyService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
