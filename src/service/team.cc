#include "service/team.h"

#include "auth/access.h"
#include "base/names.h"
#include "service/audit.h"
#include "service/conflict.h"
#include "service/organization.h"
#include "store/account.h"
#include "store/invitation.h"
#include "store/permission.h"
#include "store/team.h"

namespace wharf::service {
namespace {

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }

/// Whether `who` is an admin of the organization through `team` and through no other.
bool is_only_way_in(db::Tx& tx, const auth::Principal& who, const store::Team& team) {
  return team.role == store::kTeamAdmin && store::is_team_member(tx, team.id, who.account_id) &&
         store::count_admin_teams(tx, team.organization_id, who.account_id, team.id) == 0;
}

std::optional<store::Team> find_team(db::Tx& tx, std::int64_t organization_id, const std::string& name) {
  if (!is_namespace_segment(name)) return std::nullopt;  // a team cannot be called so
  return store::find_team(tx, organization_id, name);
}

}  // namespace

TeamMemberView member_view(const std::string& name, const std::optional<std::string>& email, bool is_robot,
                           bool invited) {
  return {.name = name,
          .email = {},
          .kind = "user",
          .is_robot = is_robot,
          .avatar = make_avatar(is_robot ? AvatarKind::robot : AvatarKind::user, name, email),
          .invited = invited};
}

TeamMemberView invite_view(const std::string& email) {
  return {.name = {},
          .email = email,
          .kind = "invite",
          .is_robot = {},
          .avatar = make_avatar(AvatarKind::user, email, email),
          .invited = true};
}

Result<store::Team> lock_team_to_change(db::Tx& tx, const auth::Principal& who, const std::string& organization,
                                        const std::string& name) {
  const auto access = lock_organization_to_change(tx, who, organization);
  if (!access) return access.error();
  const auto team = find_team(tx, access->row().namespace_id, name);
  if (!team) return Error{Errc::not_found, "Not Found"};
  return *team;
}

awaitable<Result<TeamView>> TeamService::put(auth::Principal who, std::string organization, std::string team,
                                             TeamRole role, std::optional<std::string> description) {
  auto job = [=](db::Tx& tx) -> Result<TeamView> {
    const auto access = lock_organization_to_change(tx, who, organization);
    // The contract has no 404 here: to those who may know, an organization that is not there is a bad request.
    if (!access && access.error().code == Errc::not_found) return invalid("There is no organization " + organization);
    if (!access) return access.error();
    const auto organization_id = access->row().namespace_id;
    auto row = find_team(tx, organization_id, team);
    const bool made = !row;
    const LogPlace place{.namespace_id = organization_id};
    if (made) {
      if (!is_account_name(team)) return invalid("Invalid team name: " + team);
      row = store::Team{.organization_id = organization_id,
                        .name = team,
                        .role = rank_of(role),
                        .description = description.value_or("")};
      row->id = store::insert_team(tx, *row, now_ms());
      audit(tx, who, "org_create_team", place, {{"team", team}});
    } else {
      if (role != TeamRole::admin && is_only_way_in(tx, who, *row)) {
        return invalid("Cannot remove admin from team '" + team +
                       "' because calling user would no longer have admin on org '" + organization + "'");
      }
      if (description && *description != row->description) {
        audit(tx, who, "org_set_team_description", place, {{"team", team}, {"description", *description}});
        row->description = *description;
      }
      if (rank_of(role) != row->role) {
        audit(tx, who, "org_set_team_role", place, {{"team", team}, {"role", std::string(json::enum_text(role))}});
        row->role = rank_of(role);
      }
      store::update_team(tx, *row);
    }
    return TeamView{.name = team,
                    .description = row->description,
                    .can_view = true,
                    .role = role,
                    .avatar = make_avatar(AvatarKind::team, team),
                    .new_team = made};
  };
  co_return co_await write_or(db_, std::move(job), invalid("The team was made by another request at the same time"));
}

awaitable<Result<bool>> TeamService::remove(auth::Principal who, std::string organization, std::string team) {
  auto job = [=](db::Tx& tx) -> Result<bool> {
    auto row = lock_team_to_change(tx, who, organization, team);
    if (!row && row.error().code == Errc::not_found) {
      return invalid("Team '" + team + "' is not a team in org '" + organization + "'");
    }
    if (!row) return row.error();
    if (is_only_way_in(tx, who, *row)) {
      return invalid("Deleting team '" + team + "' would remove admin ability for user '" + who.name +
                     "' in organization '" + organization + "'");
    }
    store::delete_team(tx, row->id);
    audit(tx, who, "org_delete_team", {.namespace_id = row->organization_id}, {{"team", team}});
    return true;
  };
  co_return co_await db_.write(std::move(job));
}

awaitable<Result<TeamMembers>> TeamService::members(auth::Principal who, std::string organization, std::string team,
                                                    bool with_pending) {
  auto job = [=](db::Tx& tx) -> Result<TeamMembers> {
    const auto access = auth::Access::find(tx, who, {organization, ""});
    const bool admin = access.is_namespace_admin();
    const auto row = access.is_organization() ? find_team(tx, access.row().namespace_id, team) : std::nullopt;
    const bool inside = row && access.is_member() && store::is_team_member(tx, row->id, who.account_id);
    if (!admin && !access.looks_on() && !inside) return auth::refusal(who);
    if (!row) return Error{Errc::not_found, "Not Found"};
    TeamMembers result{.name = team, .members = {}, .can_edit = admin};
    for (const auto& each : store::list_team_members(tx, row->id)) {
      result.members.push_back(member_view(each.name, each.email, each.is_robot));
    }
    if (!with_pending || (!admin && !access.looks_on())) return result;
    for (const auto& each : store::list_pending_invitations(tx, row->id)) {
      result.members.push_back(each.name ? member_view(*each.name, each.email, false, true)
                                         : invite_view(each.email.value_or("")));
    }
    return result;
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<bool>> TeamService::remove_member(auth::Principal who, std::string organization, std::string team,
                                                   std::string member) {
  auto job = [=](db::Tx& tx) -> Result<bool> {
    const auto row = lock_team_to_change(tx, who, organization, team);
    if (!row) return row.error();
    const auto account = store::find_account(tx, member);
    if (!account || account->kind == store::AccountKind::organization) return Error{Errc::not_found, "Not Found"};
    const LogPlace place{.namespace_id = row->organization_id};
    if (const auto invitation = store::find_invitation_of(tx, row->id, account->id)) {
      store::delete_invitation(tx, *invitation);
      audit(tx, who, "org_delete_team_member_invite", place, {{"user", member}, {"member", member}, {"team", team}});
      return true;
    }
    if (account->id == who.account_id && is_only_way_in(tx, who, *row)) {
      return invalid("User cannot remove themselves from their only admin team.");
    }
    if (!store::remove_team_member(tx, row->id, account->id)) {
      return invalid("User " + member + " does not belong to team " + team);
    }
    audit(tx, who, "org_remove_team_member", place, {{"member", member}, {"team", team}});
    return true;
  };
  co_return co_await db_.write(std::move(job));
}

awaitable<Result<GrantedRoles>> TeamService::permissions(auth::Principal who, std::string organization,
                                                         std::string team) {
  auto job = [=](db::Tx& tx) -> Result<GrantedRoles> {
    const auto access = require_organization_admin(tx, who, organization, true);
    if (!access) return access.error();
    const auto row = find_team(tx, access->row().namespace_id, team);
    if (!row) return Error{Errc::not_found, "Not Found"};
    return granted_roles(store::list_roles_of_team(tx, row->id));
  };
  co_return co_await db_.read(std::move(job));
}

}  // namespace wharf::service
