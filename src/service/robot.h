#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "auth/secret_box.h"
#include "base/json.h"
#include "db/database.h"
#include "service/avatar.h"
#include "service/robot_place.h"
#include "service/roles.h"
#include "service/settings.h"

namespace wharf::service {

struct RobotView {
  std::string name;  ///< "acme+ci"
  Rfc3339 created;
  json::Nullable<Rfc2822> last_accessed;
  std::string description;
  std::optional<std::string> token;
  std::optional<json::Object> unstructured_metadata;
};
BOOST_DESCRIBE_STRUCT(RobotView, (), (name, created, last_accessed, description, token, unstructured_metadata))

struct RobotTeam {
  std::string name;
  Avatar avatar;
};
BOOST_DESCRIBE_STRUCT(RobotTeam, (), (name, avatar))

struct RobotListItem {
  std::string name;
  Rfc3339 created;
  json::Nullable<Rfc2822> last_accessed;
  std::string description;
  std::optional<std::string> token;
  std::optional<std::vector<RobotTeam>> teams;
  std::optional<std::vector<std::string>> repositories;
};
BOOST_DESCRIBE_STRUCT(RobotListItem, (), (name, created, last_accessed, description, token, teams, repositories))

struct RobotList {
  std::vector<RobotListItem> robots;
};
BOOST_DESCRIBE_STRUCT(RobotList, (), (robots))

struct RobotListing {
  bool permissions = false;  ///< With teams and repositories.
  bool token = true;
  std::optional<std::int64_t> limit{};
};

struct NewRobot {
  std::string short_name;
  std::string description{};
  json::Object metadata{};
};

/// Robot accounts: names with a token for programs, each of one namespace.
///
/// Every method refuses first who may not (denied, unauthenticated); then a robot that is not there is not_found.
/// Source: Quay, "Robots".
class RobotService {
 public:
  /// The references outlive the service; `secrets` seals the tokens.
  RobotService(db::Database& database, const Settings& settings, const auth::SecretBox& secrets)
      : db_(database), settings_(settings), secrets_(secrets) {}

  /// Last used first. Members of the organization see them without tokens and permissions.
  awaitable<Result<RobotList>> list(auth::Principal who, RobotPlace place, RobotListing wanted);
  /// The token is left out for a read-only superuser.
  awaitable<Result<RobotView>> view(auth::Principal who, RobotPlace place, std::string short_name);
  /// Errors: invalid_request for a name that is taken or wrong, a description over 255 characters, or when the
  /// configuration allows no robots. `wanted` may be the body's error: it is told only to those who may.
  awaitable<Result<RobotView>> create(auth::Principal who, RobotPlace place, Result<NewRobot> wanted);
  awaitable<Result<bool>> remove(auth::Principal who, RobotPlace place, std::string short_name);
  /// A new token; the old one is dead at once.
  awaitable<Result<RobotView>> regenerate(auth::Principal who, RobotPlace place, std::string short_name);
  /// The roles that were given to it by name; with a token, for user:admin beside the right on the namespace.
  awaitable<Result<GrantedRoles>> permissions(auth::Principal who, RobotPlace place, std::string short_name);

 private:
  std::string open(const std::string& uuid, const std::string& sealed) const;

  db::Database& db_;
  const Settings& settings_;
  const auth::SecretBox& secrets_;
};

}  // namespace wharf::service
