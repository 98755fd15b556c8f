#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Repositories, namespaces, users, teams and robots by name. Source: Quay, "search".
class SearchService {
 public:
  explicit SearchService(const Tools& tools) : tools_(tools) {}

 private:
  const Tools tools_;
};

}  // namespace wharf::service
