#include "service/robot_place.h"

#include "auth/access.h"
#include "base/names.h"

namespace wharf::service {

Result<RobotRights> find_robot_place(db::Tx& tx, const auth::Principal& who, const RobotPlace& place, RobotNeed need) {
  if (place.own) {
    if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) return ok.error();
    if (need == RobotNeed::change && who.restricted) return auth::refusal(who);
    return RobotRights{.namespace_id = who.account_id, .name = who.name, .admin = true};
  }
  const auto access = auth::Access::find(tx, who, {place.organization, ""});
  const bool admin = access.is_namespace_admin();
  const bool may =
      admin || (need != RobotNeed::change && access.looks_on()) || (need == RobotNeed::see_list && access.is_member());
  if (!may) return auth::refusal(who);
  if (!access.namespace_exists()) return Error{Errc::not_found, "Not Found"};
  if (need == RobotNeed::change && !access.is_organization() && who.restricted) return auth::refusal(who);
  return RobotRights{.namespace_id = access.row().namespace_id,
                     .name = place.organization,
                     .admin = admin,
                     .looks_on = access.looks_on()};
}

Result<store::Robot> find_robot(db::Tx& tx, const RobotRights& place, const std::string& short_name) {
  const Error missing{Errc::not_found, "Could not find robot with specified username"};
  if (!is_namespace_segment(short_name)) return missing;  // a robot cannot be called so
  auto robot = store::find_robot(tx, place.namespace_id, place.name + '+' + short_name);
  if (!robot) return missing;
  return std::move(*robot);
}

}  // namespace wharf::service
