#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Events as they happen, for the web UI.
class EventService {
 public:
  explicit EventService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
