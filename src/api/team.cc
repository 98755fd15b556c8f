#include "api/team.h"

#include "service/invitation.h"
#include "service/team.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct PutTeam {
  std::string orgname;   // path
  std::string teamname;  // path
  service::TeamRole role = service::TeamRole::member;
  std::optional<std::string> description;
};
BOOST_DESCRIBE_STRUCT(PutTeam, (), (orgname, teamname, role, description))

awaitable<Result<http::Reply<service::TeamView>>> put_team(Call& call, PutTeam in) {
  auto view = co_await call.services.teams.put(call.who, std::move(in.orgname), std::move(in.teamname), in.role,
                                               std::move(in.description));
  if (!view) co_return view.error();
  co_return http::Reply<service::TeamView>{.status = view->new_team ? 201 : 200, .body = std::move(*view)};
}

struct TeamPath {
  std::string orgname;
  std::string teamname;
};
BOOST_DESCRIBE_STRUCT(TeamPath, (), (orgname, teamname))

awaitable<Result<http::Nothing>> delete_team(Call& call, TeamPath in) {
  auto done = co_await call.services.teams.remove(call.who, std::move(in.orgname), std::move(in.teamname));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

struct ListTeamMembers {
  std::string orgname;
  std::string teamname;
  bool includePending = false;  // query: with those who are invited, for admins
};
BOOST_DESCRIBE_STRUCT(ListTeamMembers, (), (orgname, teamname, includePending))

awaitable<Result<service::TeamMembers>> get_team_members(Call& call, ListTeamMembers in) {
  co_return co_await call.services.teams.members(call.who, std::move(in.orgname), std::move(in.teamname),
                                                 in.includePending);
}

awaitable<Result<service::GrantedRoles>> get_team_permissions(Call& call, TeamPath in) {
  co_return co_await call.services.teams.permissions(call.who, std::move(in.orgname), std::move(in.teamname));
}

struct TeamMemberPath {
  std::string orgname;
  std::string teamname;
  std::string membername;
};
BOOST_DESCRIBE_STRUCT(TeamMemberPath, (), (orgname, teamname, membername))

awaitable<Result<service::TeamMemberView>> put_team_member(Call& call, TeamMemberPath in) {
  co_return co_await call.services.invitations.add_member(call.who, std::move(in.orgname), std::move(in.teamname),
                                                          std::move(in.membername), call.base_url);
}

awaitable<Result<http::Nothing>> delete_team_member(Call& call, TeamMemberPath in) {
  auto done = co_await call.services.teams.remove_member(call.who, std::move(in.orgname), std::move(in.teamname),
                                                         std::move(in.membername));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

}  // namespace

void add_team_operations(service::OperationTable& table) {
  table.add({.id = "createOrUpdateTeam",
             .verb = Verb::put,
             .path = "/api/v1/organization/{orgname}/team/{teamname}",
             .scope = Scope::org_admin,
             .summary = "Makes a team, or changes its role and description.",
             .tag = "Teams",
             .also = {201},
             .errors = {400, 401, 403, 415}},
            put_team);
  table.add({.id = "deleteOrganizationTeam",
             .verb = Verb::delete_,
             .path = "/api/v1/organization/{orgname}/team/{teamname}",
             .scope = Scope::org_admin,
             .summary = "Deletes a team and the roles it was given.",
             .tag = "Teams",
             .status = 204,
             .errors = {400, 401, 403}},
            delete_team);
  table.add({.id = "getOrganizationTeamMembers",
             .verb = Verb::get,
             .path = "/api/v1/organization/{orgname}/team/{teamname}/members",
             .scope = Scope::org_admin,
             .summary = "Users and robots in a team.",
             .tag = "Teams",
             .errors = {401, 403, 404}},
            get_team_members);
  table.add({.id = "updateOrganizationTeamMember",
             .verb = Verb::put,
             .path = "/api/v1/organization/{orgname}/team/{teamname}/members/{membername}",
             .scope = Scope::org_admin,
             .summary = "Puts a user, or a robot of the organization, into a team, or invites them.",
             .tag = "Teams",
             .errors = {400, 401, 403, 404}},
            put_team_member);
  table.add({.id = "deleteOrganizationTeamMember",
             .verb = Verb::delete_,
             .path = "/api/v1/organization/{orgname}/team/{teamname}/members/{membername}",
             .scope = Scope::org_admin,
             .summary = "Takes a user or a robot out of a team, or an invitation back.",
             .tag = "Teams",
             .status = 204,
             .errors = {400, 401, 403, 404}},
            delete_team_member);
  table.add({.id = "getOrganizationTeamPermissions",
             .verb = Verb::get,
             .path = "/api/v1/organization/{orgname}/team/{teamname}/permissions",
             .scope = Scope::org_admin,
             .summary = "The roles on repositories that a team was given.",
             .tag = "Teams",
             .errors = {401, 403, 404}},
            get_team_permissions);
}

}  // namespace wharf::api
