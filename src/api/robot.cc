#include "api/robot.h"

#include "api/robot_error.h"
#include "service/robot.h"

namespace wharf::api {
namespace {

using http::Nothing;
using http::Operation;
using http::Scope;
using http::Verb;
using service::Call;
using service::RobotPlace;
using service::RobotView;

template <class T>
Result<T> with_bad_request(Result<T> result) {
  if (!result) return as_bad_request(result.error());
  return result;
}

Result<Nothing> done(Result<bool> result) {
  if (!result) return as_bad_request(result.error());
  return Nothing{};
}

RobotPlace in_organization(std::string orgname) { return {.organization = std::move(orgname)}; }
RobotPlace of_caller() { return {.own = true}; }

/// The body of both PUTs.
struct RobotDetails {
  std::optional<std::string> description;
  std::optional<json::Object> unstructured_metadata;
};
BOOST_DESCRIBE_STRUCT(RobotDetails, (), (description, unstructured_metadata))

service::NewRobot new_robot(std::string short_name, RobotDetails details) {
  return {.short_name = std::move(short_name),
          .description = details.description.value_or(""),
          .metadata = details.unstructured_metadata.value_or(json::Object())};
}

struct ListOrgRobots {
  std::string orgname;                // path
  bool permissions = false;           // query: with teams and repositories
  bool token = true;                  // query: with tokens
  std::optional<std::int64_t> limit;  // query: at most so many
};
BOOST_DESCRIBE_STRUCT(ListOrgRobots, (), (orgname, permissions, token, limit))

struct ListUserRobots {
  bool permissions = false;
  bool token = true;
  std::optional<std::int64_t> limit;
};
BOOST_DESCRIBE_STRUCT(ListUserRobots, (), (permissions, token, limit))

struct OrgRobot {
  std::string orgname;
  std::string robot_shortname;
};
BOOST_DESCRIBE_STRUCT(OrgRobot, (), (orgname, robot_shortname))

struct UserRobot {
  std::string robot_shortname;
};
BOOST_DESCRIBE_STRUCT(UserRobot, (), (robot_shortname))

awaitable<Result<service::RobotList>> list_org_robots(Call& call, ListOrgRobots in) {
  service::RobotListing wanted{.permissions = in.permissions, .token = in.token, .limit = in.limit};
  auto place = in_organization(std::move(in.orgname));
  co_return co_await call.services.robots.list(call.who, std::move(place), wanted);
}

awaitable<Result<RobotView>> get_org_robot(Call& call, OrgRobot in) {
  auto place = in_organization(std::move(in.orgname));
  co_return co_await call.services.robots.view(call.who, std::move(place), std::move(in.robot_shortname));
}

awaitable<Result<RobotView>> create_org_robot(Call& call, OrgRobot in, Result<RobotDetails> body) {
  if (!body) co_return body.error();  // on organizations the body is judged first
  auto place = in_organization(std::move(in.orgname));
  auto wanted = new_robot(std::move(in.robot_shortname), std::move(*body));
  co_return with_bad_request(co_await call.services.robots.create(call.who, std::move(place), std::move(wanted)));
}

awaitable<Result<Nothing>> delete_org_robot(Call& call, OrgRobot in) {
  auto place = in_organization(std::move(in.orgname));
  co_return done(co_await call.services.robots.remove(call.who, std::move(place), std::move(in.robot_shortname)));
}

awaitable<Result<RobotView>> regenerate_org_robot(Call& call, OrgRobot in) {
  auto place = in_organization(std::move(in.orgname));
  co_return with_bad_request(
      co_await call.services.robots.regenerate(call.who, std::move(place), std::move(in.robot_shortname)));
}

awaitable<Result<service::GrantedRoles>> get_org_robot_permissions(Call& call, OrgRobot in) {
  auto place = in_organization(std::move(in.orgname));
  co_return with_bad_request(
      co_await call.services.robots.permissions(call.who, std::move(place), std::move(in.robot_shortname)));
}

awaitable<Result<service::RobotList>> list_user_robots(Call& call, ListUserRobots in) {
  service::RobotListing wanted{.permissions = in.permissions, .token = in.token, .limit = in.limit};
  auto place = of_caller();
  co_return co_await call.services.robots.list(call.who, std::move(place), wanted);
}

awaitable<Result<RobotView>> get_user_robot(Call& call, UserRobot in) {
  auto place = of_caller();
  co_return with_bad_request(
      co_await call.services.robots.view(call.who, std::move(place), std::move(in.robot_shortname)));
}

awaitable<Result<RobotView>> create_user_robot(Call& call, UserRobot in, Result<RobotDetails> body) {
  auto place = of_caller();
  Result<service::NewRobot> wanted = body.has_error() ? Result<service::NewRobot>(body.error())
                                                      : new_robot(std::move(in.robot_shortname), std::move(*body));
  co_return with_bad_request(co_await call.services.robots.create(call.who, std::move(place), std::move(wanted)));
}

awaitable<Result<Nothing>> delete_user_robot(Call& call, UserRobot in) {
  auto place = of_caller();
  co_return done(co_await call.services.robots.remove(call.who, std::move(place), std::move(in.robot_shortname)));
}

awaitable<Result<RobotView>> regenerate_user_robot(Call& call, UserRobot in) {
  auto place = of_caller();
  co_return with_bad_request(
      co_await call.services.robots.regenerate(call.who, std::move(place), std::move(in.robot_shortname)));
}

awaitable<Result<service::GrantedRoles>> get_user_robot_permissions(Call& call, UserRobot in) {
  auto place = of_caller();
  co_return with_bad_request(
      co_await call.services.robots.permissions(call.who, std::move(place), std::move(in.robot_shortname)));
}

constexpr std::string_view kOrgRobots = "/api/v1/organization/{orgname}/robots";
constexpr std::string_view kOrgRobot = "/api/v1/organization/{orgname}/robots/{robot_shortname}";
constexpr std::string_view kUserRobots = "/api/v1/user/robots";
constexpr std::string_view kUserRobot = "/api/v1/user/robots/{robot_shortname}";

Operation operation(std::string_view id, Verb verb, std::string_view path, Scope scope, std::string_view summary,
                    int status, std::vector<int> errors) {
  return {.id = id,
          .verb = verb,
          .path = path,
          .scope = scope,
          .summary = summary,
          .tag = "Robot Accounts",
          .status = status,
          .errors = std::move(errors),
          .body_optional = true};
}

void add_for_organizations(service::OperationTable& table) {
  constexpr auto kScope = Scope::org_admin;
  table.add(operation("getOrgRobots", Verb::get, kOrgRobots, kScope, "Robots of an organization, last used first.", 200,
                      {400, 401, 403, 404}),
            list_org_robots);
  table.add(operation("getOrgRobot", Verb::get, kOrgRobot, kScope, "One robot with its token.", 200, {401, 403, 404}),
            get_org_robot);
  table.add(operation("createOrgRobot", Verb::put, kOrgRobot, kScope, "Makes a robot in an organization.", 201,
                      {400, 401, 403, 415}),
            create_org_robot);
  table.add(operation("deleteOrgRobot", Verb::delete_, kOrgRobot, kScope, "Deletes a robot and its roles.", 204,
                      {400, 401, 403}),
            delete_org_robot);
  table.add(operation("regenerateOrgRobotToken", Verb::post,
                      "/api/v1/organization/{orgname}/robots/{robot_shortname}/regenerate", kScope,
                      "Gives a robot a new token; the old one is dead at once.", 200, {400, 401, 403}),
            regenerate_org_robot);
  table.add(operation("getOrgRobotPermissions", Verb::get,
                      "/api/v1/organization/{orgname}/robots/{robot_shortname}/permissions", kScope,
                      "The roles that were given to a robot by name.", 200, {400, 401, 403}),
            get_org_robot_permissions);
}

void add_for_users(service::OperationTable& table) {
  constexpr auto kScope = Scope::user_admin;
  table.add(operation("getUserRobots", Verb::get, kUserRobots, kScope, "The caller's robots, last used first.", 200,
                      {400, 401, 403}),
            list_user_robots);
  table.add(operation("getUserRobot", Verb::get, kUserRobot, kScope, "One of the caller's robots with its token.", 200,
                      {400, 401, 403}),
            get_user_robot);
  table.add(operation("createUserRobot", Verb::put, kUserRobot, kScope, "Makes a robot of the caller's own.", 201,
                      {400, 401, 403, 415}),
            create_user_robot);
  table.add(operation("deleteUserRobot", Verb::delete_, kUserRobot, kScope, "Deletes one of the caller's robots.", 204,
                      {400, 401, 403}),
            delete_user_robot);
  table.add(operation("regenerateUserRobotToken", Verb::post, "/api/v1/user/robots/{robot_shortname}/regenerate",
                      kScope, "Gives a robot a new token; the old one is dead at once.", 200, {400, 401, 403}),
            regenerate_user_robot);
  table.add(operation("getUserRobotPermissions", Verb::get, "/api/v1/user/robots/{robot_shortname}/permissions", kScope,
                      "The roles that were given to a robot by name.", 200, {400, 401, 403}),
            get_user_robot_permissions);
}

}  // namespace

void add_robot_operations(service::OperationTable& table) {
  add_for_organizations(table);
  add_for_users(table);
}

}  // namespace wharf::api
