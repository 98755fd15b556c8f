#include "service/federation.h"

#include <algorithm>

#include "service/audit.h"

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

}  // namespace

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

}  // namespace wharf::service
