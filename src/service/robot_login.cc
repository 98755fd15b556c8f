#include "service/robot_login.h"

#include "base/json.h"

namespace wharf::service {
namespace {

constexpr std::string_view kPrefix = "wharf.robot.";
constexpr std::size_t kLongest = 8192;

std::string context_of(std::string_view robot_uuid) { return "robot login:" + std::string(robot_uuid); }

}  // namespace

std::string seal_robot_login(const auth::SecretBox& box, std::string_view robot_uuid, const RobotLogin& login) {
  return std::string(kPrefix) + box.seal(json::encode(login), context_of(robot_uuid));
}

bool looks_like_robot_login(std::string_view password) { return password.starts_with(kPrefix); }

std::optional<RobotLogin> open_robot_login(const auth::SecretBox& box, std::string_view robot_uuid,
                                           std::string_view password, Millis now) {
  if (!looks_like_robot_login(password) || password.size() > kLongest) return std::nullopt;
  const auto plain = box.open(password.substr(kPrefix.size()), context_of(robot_uuid));
  if (!plain) return std::nullopt;
  auto login = json::decode_text<RobotLogin>(*plain);
  if (!login || login->expires_ms <= now) return std::nullopt;
  return std::move(*login);
}

}  // namespace wharf::service
