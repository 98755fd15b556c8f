#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Invitations into teams. Source: Quay, "Teams".
class InvitationService {
 public:
  explicit InvitationService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
