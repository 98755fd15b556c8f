#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// Teams of organizations and who is in them.
namespace wharf::store {

struct Team {
  std::int64_t id = 0;
  std::int64_t organization_id = 0;
  std::string name;
  int role = 0;  ///< A TeamRole.
  std::string description;
};
BOOST_DESCRIBE_STRUCT(Team, (), (id, organization_id, name, role, description))

struct TeamSummary : Team {
  std::int64_t repositories = 0;  ///< That the team has a role on.
  std::int64_t members = 0;
  bool has_caller = false;
};

struct TeamMember {
  std::string name;
  std::optional<std::string> email;
  bool is_robot = false;
};
BOOST_DESCRIBE_STRUCT(TeamMember, (), (name, email, is_robot))

/// Makes changes to the teams of one organization follow one another, so that rules such as "an admin keeps a way in"
/// hold. Call it first in such a transaction.
void lock_organization(db::Tx& tx, std::int64_t organization_id);

std::optional<Team> find_team(db::Tx& tx, std::int64_t organization_id, std::string_view name);
std::optional<Team> find_team(db::Tx& tx, std::int64_t team_id);
/// Oldest first; `has_caller` is about `account_id`. Four statements, however many teams there are.
std::vector<TeamSummary> list_teams(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id);
/// Answers its id. Throws ConstraintViolation when the name is taken.
std::int64_t insert_team(db::Tx& tx, const Team& wanted, Millis now);
/// Sets role and description.
void update_team(db::Tx& tx, const Team& team);
/// The roles it was given, its default permissions and the invitations into it go with it.
void delete_team(db::Tx& tx, std::int64_t team_id);

/// By name.
std::vector<TeamMember> list_team_members(db::Tx& tx, std::int64_t team_id);
/// The users in it, without robots, by id; at most `limit`.
std::vector<std::int64_t> list_team_users(db::Tx& tx, std::int64_t team_id, std::int64_t limit);
bool is_team_member(db::Tx& tx, std::int64_t team_id, std::int64_t account_id);
/// False when they were in it already.
bool add_team_member(db::Tx& tx, std::int64_t team_id, std::int64_t account_id);
/// False when they were not in it.
bool remove_team_member(db::Tx& tx, std::int64_t team_id, std::int64_t account_id);
/// In how many teams with the role admin of the organization `account_id` is, leaving the team `except` out.
std::int64_t count_admin_teams(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id, std::int64_t except);
/// Whether a user other than `account_id` is in a team with the role admin of the organization.
bool has_other_admin(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id);
/// Whether `account_id` is in any team of the organization.
bool is_organization_member(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id);

}  // namespace wharf::store
