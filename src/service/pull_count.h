#pragma once
#include "service/tools.h"

namespace wharf::service {

/// How often tags and manifests are pulled; counted in memory, written in batches.
class PullCountService {
 public:
  explicit PullCountService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
