#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Messages to everybody. Source: Quay, "Messages".
class MessageService {
 public:
  explicit MessageService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
