#pragma once
#include <string>
#include <vector>

#include "service/robot_place.h"
#include "service/tools.h"
#include "store/federation.h"

namespace wharf::service {

using FederationRules = std::vector<store::FederationRule>;

/// Whose tokens from elsewhere a robot takes for its password.
///
/// Every method refuses first who may not (denied, unauthenticated); then a robot that is not there is not_found.
/// Source: Quay, "Robots", federation.
class FederationService {
 public:
  explicit FederationService(const Tools& tools) : tools_(tools) {}

  awaitable<Result<FederationRules>> get(auth::Principal who, RobotPlace place, std::string short_name);
  /// In place of those that are there; answers them. `rules` may be the body's error: it is told only to those who may.
  /// Errors: invalid_request for an issuer that is no http or https address, a blank subject, a rule that stands twice,
  /// and more than 100.
  awaitable<Result<FederationRules>> set(auth::Principal who, RobotPlace place, std::string short_name,
                                         Result<FederationRules> rules);
  /// All of them.
  awaitable<Result<bool>> clear(auth::Principal who, RobotPlace place, std::string short_name);

 private:
  const Tools tools_;
};

}  // namespace wharf::service
