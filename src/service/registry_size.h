#pragma once
#include "service/tools.h"

namespace wharf::service {

/// What all blobs together take. Source: Quay, "Superuser".
class RegistrySizeService {
 public:
  explicit RegistrySizeService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
