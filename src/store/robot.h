#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// Robots: accounts of kind 'robot' named "<namespace>+<short name>".
namespace wharf::store {

struct Robot {
  std::int64_t id = 0;
  std::string uuid;
  std::string name;          ///< "acme+ci"
  std::string sealed_token;  ///< SecretBox, context "robot:<uuid>".
  std::string description;
  std::string metadata;  ///< A JSON object.
  Millis created_ms = 0;
  std::optional<Millis> last_accessed_ms;
};
BOOST_DESCRIBE_STRUCT(Robot, (), (id, uuid, name, sealed_token, description, metadata, created_ms, last_accessed_ms))

/// A team or a repository that a robot has to do with.
struct RobotLink {
  std::int64_t robot_id = 0;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(RobotLink, (), (robot_id, name))

std::optional<Robot> find_robot(db::Tx& tx, std::int64_t namespace_id, std::string_view full_name);
/// Last used first, then by name; at most `limit`.
std::vector<Robot> list_robots(db::Tx& tx, std::int64_t namespace_id, std::int64_t limit);
/// Throws ConstraintViolation when the name is taken.
void insert_robot(db::Tx& tx, std::int64_t namespace_id, const Robot& wanted);
void set_robot_token(db::Tx& tx, std::int64_t robot_id, std::string_view sealed_token);
/// Its permissions and memberships go with it.
void delete_robot(db::Tx& tx, std::int64_t robot_id);

/// Of every robot of the namespace, by robot and name.
std::vector<RobotLink> list_robot_teams(db::Tx& tx, std::int64_t namespace_id);
std::vector<RobotLink> list_robot_repositories(db::Tx& tx, std::int64_t namespace_id);

}  // namespace wharf::store
