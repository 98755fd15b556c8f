#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Labels of manifests. Source: Quay, "manifest".
class LabelService {
 public:
  explicit LabelService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
