#include "service/federation.h"

#include <algorithm>

#include "auth/jwt.h"
#include "auth/oidc_token.h"
#include "base/names.h"
#include "service/audit.h"
#include "service/outside.h"
#include "service/robot_login.h"
#include "store/account.h"
#include "store/login.h"

namespace wharf::service {
namespace {

constexpr std::size_t kMostRules = 100;
constexpr std::size_t kLongestText = 2048;

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos; }

/// Whether `text` is an address of a host by http or https.
bool is_web_address(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!text.starts_with(scheme)) continue;
    const auto rest = text.substr(scheme.size());
    const auto host = rest.substr(0, rest.find_first_of("/?#"));
    const bool printable = std::ranges::all_of(rest, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
    return !host.empty() && host.find('@') == std::string_view::npos && printable;
  }
  return false;
}

Result<void> check(const FederationRules& rules) {
  if (rules.size() > kMostRules) return invalid("At most 100 federation rules are possible");
  for (auto rule = rules.begin(); rule != rules.end(); ++rule) {
    if (is_blank(rule->issuer) || is_blank(rule->subject)) return invalid("issuer and subject are required");
    if (std::max(rule->issuer.size(), rule->subject.size()) > kLongestText) {
      return invalid("issuer and subject have at most 2048 characters");
    }
    if (!is_web_address(rule->issuer)) return invalid("The issuer must be an http or https URL: " + rule->issuer);
    if (std::find(rules.begin(), rule, *rule) != rule) {
      return invalid("Duplicate federation: " + rule->issuer + ' ' + rule->subject);
    }
  }
  return {};
}

json::Array to_json(const FederationRules& rules) {
  json::Array list;
  for (const auto& rule : rules) list.push_back({{"issuer", rule.issuer}, {"subject", rule.subject}});
  return list;
}

constexpr std::int64_t kLeewaySeconds = 30;

Error refused(std::string why) { return {Errc::unauthenticated, "The token is not accepted", std::move(why)}; }

}  // namespace

FederationService::FederationService(const Tools& tools) : tools_(tools), keys_(outside_policy(tools.settings)) {}

awaitable<Result<FederationRules>> FederationService::get(auth::Principal who, RobotPlace place,
                                                          std::string short_name) {
  auto job = [=](db::Tx& tx) -> Result<FederationRules> {
    const auto at = find_robot_place(tx, who, place, RobotNeed::see);
    if (!at) return at.error();
    const auto robot = find_robot(tx, *at, short_name);
    if (!robot) return robot.error();
    return store::list_federation(tx, robot->id);
  };
  co_return co_await tools_.db.read(std::move(job));
}

awaitable<Result<FederationRules>> FederationService::set(auth::Principal who, RobotPlace place, std::string short_name,
                                                          Result<FederationRules> rules) {
  auto job = [=](db::Tx& tx) -> Result<FederationRules> {
    const auto at = find_robot_place(tx, who, place, RobotNeed::change);
    if (!at) return at.error();
    if (!rules) return rules.error();
    if (auto ok = check(*rules); !ok) return ok.error();
    const auto robot = find_robot(tx, *at, short_name);
    if (!robot) return robot.error();
    tx.lock("federation:" + std::to_string(robot->id));
    store::set_federation(tx, robot->id, *rules);
    audit(tx, who, "create_robot_federation", {.namespace_id = at->namespace_id},
          {{"config", to_json(*rules)}, {"robot", short_name}});
    return *rules;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> FederationService::clear(auth::Principal who, RobotPlace place, std::string short_name) {
  auto job = [=](db::Tx& tx) -> Result<bool> {
    const auto at = find_robot_place(tx, who, place, RobotNeed::change);
    if (!at) return at.error();
    const auto robot = find_robot(tx, *at, short_name);
    if (!robot) return robot.error();
    store::set_federation(tx, robot->id, {});
    audit(tx, who, "delete_robot_federation", {.namespace_id = at->namespace_id}, {{"robot", short_name}});
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<std::string>> FederationService::exchange(std::string robot, std::string token, std::string address) {
  const auto read = auth::OidcToken::read(token);
  if (!read) co_return refused(read.error().detail);
  const store::FederationRule wanted{.issuer = read->text("iss"), .subject = read->text("sub")};
  if (!RobotName::parse(robot)) co_return refused("no robot is called so");
  // Before anybody is asked: only an issuer whom the robot's owner has named is.
  auto look = [&](db::Tx& tx) -> std::optional<store::LoginRow> {
    auto row = store::find_login(tx, robot);
    if (!row || row->kind != "robot" || !row->enabled || !row->owner_usable) return std::nullopt;
    const auto rules = store::list_federation(tx, row->id);
    if (std::ranges::find(rules, wanted) == rules.end()) return std::nullopt;
    return row;
  };
  const auto row = co_await tools_.db.read(std::move(look));
  if (!row) co_return refused("no robot has a rule for this issuer and subject");
  if (tools_.settings.robots_disallow && !tools_.settings.robots_whitelist.contains(robot)) {
    co_return refused("robots are not allowed");
  }
  const auto key = co_await keys_.find(wanted.issuer, read->kid());
  if (!key) co_return refused(key.error().detail);
  if (!key->alg.empty() && key->alg != read->alg()) co_return refused("the key is for another algorithm");
  if (!read->is_signed_by(key->key)) co_return refused("a wrong signature");
  const auto now = now_ms();
  const auth::jwt::TimeRules times{.leeway_s = kLeewaySeconds, .max_life_s = 0};
  if (auto ok = auth::jwt::check_times(read->claims(), now, times); !ok) co_return refused(ok.error().detail);
  const RobotLogin login{.issuer = wanted.issuer, .subject = wanted.subject, .expires_ms = now + kLoginSeconds * 1000};
  if (tools_.settings.read_only) co_return seal_robot_login(tools_.secrets, row->uuid, login);
  auto job = [&](db::Tx& tx) -> Result<bool> {
    const auto account = store::find_account(tx, row->id);
    if (!account || !account->owner_id) return refused("the robot is gone");
    auth::Principal who;
    who.kind = auth::Principal::Kind::robot;
    who.account_id = row->id;
    who.name = robot;
    who.address = address;
    audit(tx, who, "federated_robot_token_exchange", {.namespace_id = *account->owner_id},
          {{"robot", robot}, {"issuer", wanted.issuer}, {"subject", wanted.subject}});
    return true;
  };
  const auto noted = co_await tools_.db.write(std::move(job));
  if (!noted) co_return noted.error();
  co_return seal_robot_login(tools_.secrets, row->uuid, login);
}

}  // namespace wharf::service
