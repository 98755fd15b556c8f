#pragma once
#include <cstdint>
#include <string>

#include "auth/principal.h"
#include "base/error.h"
#include "db/database.h"
#include "store/robot.h"

namespace wharf::service {

/// Whose robots are meant: an organization's (or, by name, a user's), or the caller's own.
struct RobotPlace {
  std::string organization{};  ///< "" with `own`.
  bool own = false;
};

/// The namespace of a RobotPlace and what the caller may do with its robots.
struct RobotRights {
  std::int64_t namespace_id = 0;
  std::string name;  ///< Of the namespace.
  bool admin = false;
  bool looks_on = false;
};

enum class RobotNeed { see_list, see, change };

/// Errors: unauthenticated, denied; not_found for a namespace that is not there, to those who may know.
Result<RobotRights> find_robot_place(db::Tx& tx, const auth::Principal& who, const RobotPlace& place, RobotNeed need);

/// The robot `short_name` of the place. Errors: not_found.
Result<store::Robot> find_robot(db::Tx& tx, const RobotRights& place, const std::string& short_name);

}  // namespace wharf::service
