#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Frees what nothing holds any more. See docs/adr/0006-garbage-collection.md.
class GarbageService {
 public:
  explicit GarbageService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
