#pragma once
#include "service/tools.h"

namespace wharf::service {

/// The audit log as it is read: pages, sums, exports, retention; and pulls, which are written in batches. Source:
/// Quay, "logs".
class AuditLogService {
 public:
  explicit AuditLogService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
