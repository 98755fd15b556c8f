#pragma once
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "db/database.h"
#include "service/avatar.h"
#include "service/roles.h"
#include "store/team.h"

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

/// Somebody in a team, or invited into it: a user or a robot by name, or an address that an invitation was sent to.
struct TeamMemberView {
  std::optional<std::string> name;
  std::optional<std::string> email;  ///< Where there is no name.
  std::string kind;                  ///< "user", for robots too; "invite" for an address.
  std::optional<bool> is_robot;
  Avatar avatar;
  bool invited = false;  ///< Not in the team yet.
};
BOOST_DESCRIBE_STRUCT(TeamMemberView, (), (name, email, kind, is_robot, avatar, invited))
TeamMemberView member_view(const std::string& name, const std::optional<std::string>& email, bool is_robot,
                           bool invited = false);
TeamMemberView invite_view(const std::string& email);

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

  /// To admins and to the team's own members; admins see who is invited, if they want to. Errors: denied, not_found.
  awaitable<Result<TeamMembers>> members(auth::Principal who, std::string organization, std::string team,
                                         bool with_pending);
  /// Takes back an invitation of that user, or else takes them out of the team (InvitationService puts them in).
  /// Errors: denied; not_found for the team or the name; invalid_request for one who is not in it, and for an admin
  /// who would lock themselves out.
  awaitable<Result<bool>> remove_member(auth::Principal who, std::string organization, std::string team,
                                        std::string member);

  /// The roles on repositories that the team was given, to admins. Errors: denied, not_found.
  awaitable<Result<GrantedRoles>> permissions(auth::Principal who, std::string organization, std::string team);

 private:
  db::Database& db_;
};

/// The team `name`, to an admin of its organization, with the organization's teams held still for the rest of the
/// transaction. Errors: as of lock_organization_to_change; not_found for the team.
Result<store::Team> lock_team_to_change(db::Tx& tx, const auth::Principal& who, const std::string& organization,
                                        const std::string& name);

}  // namespace wharf::service
