#pragma once
#include "service/tools.h"

namespace wharf::service {

/// App specific tokens of users. Source: Quay, "App-specific tokens".
class AppTokenService {
 public:
  explicit AppTokenService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
