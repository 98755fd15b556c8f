#include "api/federation.h"

#include "api/robot_error.h"
#include "http/authorization.h"
#include "service/federation.h"

namespace wharf::api {
namespace {

using http::Nothing;
using http::Operation;
using http::Scope;
using http::Verb;
using service::Call;

using service::FederationRules;

struct OrgRobotPath {
  std::string orgname;
  std::string robot_shortname;
};
BOOST_DESCRIBE_STRUCT(OrgRobotPath, (), (orgname, robot_shortname))

struct UserRobotPath {
  std::string robot_shortname;
};
BOOST_DESCRIBE_STRUCT(UserRobotPath, (), (robot_shortname))

service::RobotPlace place_of(OrgRobotPath& in) { return {.organization = std::move(in.orgname)}; }
service::RobotPlace place_of(UserRobotPath&) { return {.own = true}; }

Result<FederationRules> shown(Result<FederationRules> rules) {
  if (!rules) return as_bad_request(rules.error());
  return rules;
}

template <class Path>
awaitable<Result<FederationRules>> get_federation(Call& call, Path in) {
  auto place = place_of(in);
  co_return shown(co_await call.services.federations.get(call.who, std::move(place), std::move(in.robot_shortname)));
}

template <class Path>
awaitable<Result<FederationRules>> set_federation(Call& call, Path in, Result<FederationRules> body) {
  // On organizations the body is judged first.
  if (std::is_same_v<Path, OrgRobotPath> && !body) co_return body.error();
  auto place = place_of(in);
  co_return shown(co_await call.services.federations.set(call.who, std::move(place), std::move(in.robot_shortname),
                                                         std::move(body)));
}

template <class Path>
awaitable<Result<Nothing>> clear_federation(Call& call, Path in) {
  auto place = place_of(in);
  auto done = co_await call.services.federations.clear(call.who, std::move(place), std::move(in.robot_shortname));
  if (!done) co_return as_bad_request(done.error());
  co_return Nothing{};
}

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

http::Response json_answer(int status, const json::Object& body) {
  auto response = http::json_response(status, json::to_text(body) + "\n");
  response.add("Cache-Control", "no-store");
  return response;
}

/// Basic credentials: the robot's name, and the token of an issuer that it trusts.
awaitable<Result<http::Response>> exchange_token(Call& call, NoParameters) {
  auto basic = http::basic_of(call.request.header("Authorization"));
  if (!basic) co_return json_answer(401, {{"error", "Show the robot's name and the issuer's token by Basic"}});
  auto login = co_await call.services.federations.exchange(std::move(basic->name), std::move(basic->password),
                                                           call.request.peer);
  if (!login) {
    const auto& error = login.error();
    co_return json_answer(401, {{"error", error.detail.empty() ? error.message : error.message + ": " + error.detail}});
  }
  co_return json_answer(200, {{"token", *login}});
}

Operation operation(std::string_view id, Verb verb, std::string_view path, Scope scope, std::string_view summary,
                    int status, std::vector<int> errors) {
  return {.id = id,
          .verb = verb,
          .path = path,
          .scope = scope,
          .summary = summary,
          .tag = "Robots",
          .status = status,
          .errors = std::move(errors)};
}

constexpr std::string_view kGet = "Whose tokens from elsewhere a robot takes for its password.";
constexpr std::string_view kSet = "Sets whose tokens from elsewhere a robot takes for its password.";
constexpr std::string_view kClear = "A robot takes no tokens from elsewhere any more.";

}  // namespace

void add_federation_operations(service::OperationTable& table) {
  constexpr std::string_view kOrg = "/api/v1/organization/{orgname}/robots/{robot_shortname}/federation";
  constexpr std::string_view kUser = "/api/v1/user/robots/{robot_shortname}/federation";
  table.add(operation("getOrgRobotFederation", Verb::get, kOrg, Scope::org_admin, kGet, 200, {400, 401, 403}),
            get_federation<OrgRobotPath>);
  table.add(operation("createOrgRobotFederation", Verb::post, kOrg, Scope::org_admin, kSet, 200, {400, 401, 403, 415}),
            set_federation<OrgRobotPath>);
  table.add(operation("deleteOrgRobotFederation", Verb::delete_, kOrg, Scope::org_admin, kClear, 204, {400, 401, 403}),
            clear_federation<OrgRobotPath>);
  table.add(operation("getUserRobotFederation", Verb::get, kUser, Scope::user_admin, kGet, 200, {400, 401, 403}),
            get_federation<UserRobotPath>);
  table.add(
      operation("createUserRobotFederation", Verb::post, kUser, Scope::user_admin, kSet, 200, {400, 401, 403, 415}),
      set_federation<UserRobotPath>);
  table.add(
      operation("deleteUserRobotFederation", Verb::delete_, kUser, Scope::user_admin, kClear, 204, {400, 401, 403}),
      clear_federation<UserRobotPath>);
  table.add({.id = "exchangeFederatedRobotToken",
             .path = "/oauth2/federation/robot/token",
             .summary = "Gives a robot, for a token of an issuer that it trusts, a password for an hour.",
             .tag = "Robots",
             .errors = {401},
             .anonymous = true,
             .protocol = http::Protocol::web,
             .internal = true},
            exchange_token);
}

}  // namespace wharf::api
