#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Sessions of browsers: a sealed cookie, its CSRF token, sign-in and sign-out. Source: Quay, "Session, CSRF, sign-
/// in".
class SessionService {
 public:
  explicit SessionService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
