#pragma once
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "db/database.h"
#include "service/avatar.h"
#include "service/roles.h"

namespace wharf::service {

struct TeamView {
  std::string name;
  std::string description;
  bool can_view = false;
  TeamRole role = TeamRole::member;
  Avatar avatar;
  bool new_team = false;  ///< Made by this request.
};
BOOST_DESCRIBE_STRUCT(TeamView, (), (name, description, can_view, role, avatar, new_team))

struct TeamMemberView {
  std::string name;
  std::string kind;  ///< "user", for robots too.
  bool is_robot = false;
  Avatar avatar;
  bool invited = false;
};
BOOST_DESCRIBE_STRUCT(TeamMemberView, (), (name, kind, is_robot, avatar, invited))

struct TeamMembers {
  std::string name;
  std::vector<TeamMemberView> members;
  bool can_edit = false;
};
BOOST_DESCRIBE_STRUCT(TeamMembers, (), (name, members, can_edit))

/// Teams of an organization. An admin cannot take from themselves the last team that makes them one.
/// Source: Quay, "Teams".
class TeamService {
 public:
  explicit TeamService(db::Database& database) : db_(database) {}

  /// Makes the team or changes its role, and its description if one is given.
  /// Errors: denied; invalid_request for a bad name or an admin who would lock themselves out.
  awaitable<Result<TeamView>> put(auth::Principal who, std::string organization, std::string team, TeamRole role,
                                  std::optional<std::string> description);
  /// Errors: denied; invalid_request when there is none, or an admin would lock themselves out.
  awaitable<Result<bool>> remove(auth::Principal who, std::string organization, std::string team);

  /// To admins and to the team's own members. Errors: denied, not_found.
  awaitable<Result<TeamMembers>> members(auth::Principal who, std::string organization, std::string team);
  /// A user, or a robot of this organization. Errors: denied; not_found for the team; invalid_request for an unknown
  /// or foreign name, and for one who is in it.
  awaitable<Result<TeamMemberView>> add_member(auth::Principal who, std::string organization, std::string team,
                                               std::string member);
  /// Errors: denied; not_found for the team or the name; invalid_request for one who is not in it, and for an admin
  /// who would lock themselves out.
  awaitable<Result<bool>> remove_member(auth::Principal who, std::string organization, std::string team,
                                        std::string member);

 private:
  db::Database& db_;
};

}  // namespace wharf::service
