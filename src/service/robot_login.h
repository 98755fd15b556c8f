#pragma once
#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "auth/secret_box.h"
#include "base/clock.h"

namespace wharf::service {

/// What a robot gets for the token of somebody whom it trusts, and may show for an hour in place of its password.
struct RobotLogin {
  std::string issuer;  ///< By which rule it was given: the rule must still stand when it is shown.
  std::string subject;
  Millis expires_ms = 0;
};
BOOST_DESCRIBE_STRUCT(RobotLogin, (), (issuer, subject, expires_ms))

/// Sealed for that robot: nobody else can read, change or use it.
std::string seal_robot_login(const auth::SecretBox& box, std::string_view robot_uuid, const RobotLogin& login);
/// Whether `password` is such a text rather than a robot's own token.
bool looks_like_robot_login(std::string_view password);
/// What it says, if it was sealed for that robot and has not expired.
std::optional<RobotLogin> open_robot_login(const auth::SecretBox& box, std::string_view robot_uuid,
                                           std::string_view password, Millis now);

}  // namespace wharf::service
