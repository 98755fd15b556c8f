#include "service/robot.h"

#include <limits>

#include "auth/access.h"
#include "base/names.h"
#include "base/random.h"
#include "base/text.h"
#include "service/audit.h"
#include "service/conflict.h"
#include "store/account.h"
#include "store/robot.h"

namespace wharf::service {
namespace {

constexpr std::size_t kLongestDescription = 255;

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }

json::Nullable<Rfc2822> last_use(const store::Robot& robot) {
  json::Nullable<Rfc2822> at;
  if (robot.last_accessed_ms) at = Rfc2822{*robot.last_accessed_ms};
  return at;
}

RobotView view_of(const store::Robot& robot) {
  return {.name = robot.name,
          .created = {robot.created_ms},
          .last_accessed = last_use(robot),
          .description = robot.description,
          .token = {},
          .unstructured_metadata = {}};
}

json::Object metadata_of(const store::Robot& robot) {
  auto value = json::parse(robot.metadata);
  return value && value->is_object() ? value->get_object() : json::Object();
}

}  // namespace

std::string RobotService::open(const std::string& uuid, const std::string& sealed) const {
  auto token = secrets_.open(sealed, "robot:" + uuid);
  if (!token) throw Accident(token.error());
  return std::move(*token);
}

awaitable<Result<RobotList>> RobotService::list(auth::Principal who, RobotPlace place, RobotListing wanted) {
  auto job = [=, this](db::Tx& tx) -> Result<RobotList> {
    const auto at = find_robot_place(tx, who, place, RobotNeed::see_list);
    if (!at) return at.error();
    const auto limit = wanted.limit.value_or(0) > 0 ? *wanted.limit : std::numeric_limits<std::int64_t>::max();
    const bool with_links = wanted.permissions && (at->admin || at->looks_on);
    RobotList result;
    std::map<std::int64_t, std::size_t> index;
    for (const auto& robot : store::list_robots(tx, at->namespace_id, limit)) {
      index[robot.id] = result.robots.size();
      RobotListItem item{.name = robot.name,
                         .created = {robot.created_ms},
                         .last_accessed = last_use(robot),
                         .description = robot.description,
                         .token = {},
                         .teams = {},
                         .repositories = {}};
      if (wanted.token && at->admin) item.token = open(robot.uuid, robot.sealed_token);
      if (with_links) {
        item.teams.emplace();
        item.repositories.emplace();
      }
      result.robots.push_back(std::move(item));
    }
    if (!with_links) return result;
    for (const auto& link : store::list_robot_teams(tx, at->namespace_id)) {
      const auto found = index.find(link.robot_id);
      if (found == index.end()) continue;
      result.robots[found->second].teams->push_back(
          {.name = link.name, .avatar = make_avatar(AvatarKind::team, link.name)});
    }
    for (const auto& link : store::list_robot_repositories(tx, at->namespace_id)) {
      const auto found = index.find(link.robot_id);
      if (found != index.end()) result.robots[found->second].repositories->push_back(link.name);
    }
    return result;
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<RobotView>> RobotService::view(auth::Principal who, RobotPlace place, std::string short_name) {
  auto job = [=, this](db::Tx& tx) -> Result<RobotView> {
    const auto at = find_robot_place(tx, who, place, RobotNeed::see);
    if (!at) return at.error();
    const auto robot = find_robot(tx, *at, short_name);
    if (!robot) return robot.error();
    auto view = view_of(*robot);
    if (at->admin) view.token = open(robot->uuid, robot->sealed_token);
    view.unstructured_metadata = metadata_of(*robot);
    return view;
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<RobotView>> RobotService::create(auth::Principal who, RobotPlace place, Result<NewRobot> wanted) {
  const auto token = random_text(64, kUpperAndDigits);
  auto job = [=, this](db::Tx& tx) -> Result<RobotView> {
    const auto at = find_robot_place(tx, who, place, RobotNeed::change);
    if (!at) return at.error();
    if (!wanted) return wanted.error();
    const auto name = at->name + '+' + wanted->short_name;
    if (settings_.robots_disallow && !settings_.robots_whitelist.contains(name)) {
      return invalid("Robot accounts have been disabled. Please contact your administrator.");
    }
    if (!RobotName::parse(name)) return invalid("The name for the robot '" + wanted->short_name + "' is invalid");
    if (character_count(wanted->description) > kLongestDescription)
      return invalid("description: at most 255 characters");
    // Against a deletion of the namespace that goes on meanwhile.
    store::lock_account_name(tx, at->name);
    if (!store::find_account(tx, at->namespace_id)) return Error{Errc::not_found, "Not Found"};
    if (store::find_account(tx, name)) return invalid("Existing robot with name: " + name);
    const auto uuid = random_uuid();
    const store::Robot robot{.id = 0,
                             .uuid = uuid,
                             .name = name,
                             .sealed_token = secrets_.seal(token, "robot:" + uuid),
                             .description = wanted->description,
                             .metadata = json::to_text(wanted->metadata),
                             .created_ms = now_ms(),
                             .last_accessed_ms = {}};
    store::insert_robot(tx, at->namespace_id, robot);
    audit(tx, who, "create_robot", {.namespace_id = at->namespace_id},
          {{"robot", wanted->short_name},
           {"description", wanted->description},
           {"unstructured_metadata", wanted->metadata}});
    auto view = view_of(robot);
    view.token = token;
    view.unstructured_metadata = wanted->metadata;
    return view;
  };
  co_return co_await write_or(db_, std::move(job), invalid("A robot of this name was made at the same time"));
}

awaitable<Result<bool>> RobotService::remove(auth::Principal who, RobotPlace place, std::string short_name) {
  auto job = [=](db::Tx& tx) -> Result<bool> {
    const auto at = find_robot_place(tx, who, place, RobotNeed::change);
    if (!at) return at.error();
    const auto robot = find_robot(tx, *at, short_name);
    if (!robot) return robot.error();
    store::delete_robot(tx, robot->id);
    audit(tx, who, "delete_robot", {.namespace_id = at->namespace_id}, {{"robot", short_name}});
    return true;
  };
  co_return co_await db_.write(std::move(job));
}

awaitable<Result<RobotView>> RobotService::regenerate(auth::Principal who, RobotPlace place, std::string short_name) {
  const auto token = random_text(64, kUpperAndDigits);
  auto job = [=, this](db::Tx& tx) -> Result<RobotView> {
    const auto at = find_robot_place(tx, who, place, RobotNeed::change);
    if (!at) return at.error();
    const auto robot = find_robot(tx, *at, short_name);
    if (!robot) return robot.error();
    store::set_robot_token(tx, robot->id, secrets_.seal(token, "robot:" + robot->uuid));
    audit(tx, who, "regenerate_robot_token", {.namespace_id = at->namespace_id}, {{"robot", short_name}});
    auto view = view_of(*robot);
    view.token = token;
    return view;
  };
  co_return co_await db_.write(std::move(job));
}

awaitable<Result<GrantedRoles>> RobotService::permissions(auth::Principal who, RobotPlace place,
                                                          std::string short_name) {
  // Of an organization's robot too: Quay wants user:admin here beside the right on the organization.
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  auto job = [=](db::Tx& tx) -> Result<GrantedRoles> {
    const auto at = find_robot_place(tx, who, place, RobotNeed::see);
    if (!at) return at.error();
    const auto robot = find_robot(tx, *at, short_name);
    if (!robot) return robot.error();
    return granted_roles(store::list_roles_of_account(tx, robot->id));
  };
  co_return co_await db_.read(std::move(job));
}

}  // namespace wharf::service
