#pragma once
#include <string>
#include <vector>

#include "service/oidc_keys.h"
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
  explicit FederationService(const Tools& tools);

  awaitable<Result<FederationRules>> get(auth::Principal who, RobotPlace place, std::string short_name);
  /// In place of those that are there; answers them. `rules` may be the body's error: it is told only to those who may.
  /// Errors: invalid_request for an issuer that is no http or https address, a blank subject, a rule that stands twice,
  /// and more than 100.
  awaitable<Result<FederationRules>> set(auth::Principal who, RobotPlace place, std::string short_name,
                                         Result<FederationRules> rules);
  /// All of them.
  awaitable<Result<bool>> clear(auth::Principal who, RobotPlace place, std::string short_name);

  /// For how long what `exchange` gives is good.
  static constexpr std::int64_t kLoginSeconds = 3'600;

  /// What the robot `robot` ("acme+ci") may show in place of its password for an hour, for a token that one of its
  /// rules names and the issuer signed; logs it. `address` is the client's.
  /// Errors: unauthenticated with the reason in words for the client.
  awaitable<Result<std::string>> exchange(std::string robot, std::string token, std::string address);
  /// Ends what is being asked of issuers.
  void stop() { keys_.stop(); }

 private:
  const Tools tools_;
  OidcKeys keys_;
};

}  // namespace wharf::service
