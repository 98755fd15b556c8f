#pragma once
#include "service/tools.h"

namespace wharf::service {

/// The web flow of OAuth, and what users have authorized. Source: Quay, "OAuth web flow"; RFC 6749.
class OAuthService {
 public:
  explicit OAuthService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
