#include "service/organization.h"

#include <algorithm>
#include <map>

#include "base/names.h"
#include "service/audit.h"
#include "service/conflict.h"
#include "store/account.h"
#include "store/organization.h"
#include "store/retirement.h"
#include "store/team.h"

namespace wharf::service {
namespace {

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }
Error not_found() { return {Errc::not_found, "Not Found"}; }

/// Whether an organization may have this address; "" is none.
Result<void> check_email(db::Tx& tx, const std::string& email, const Settings& settings) {
  if (email.empty()) return {};
  if (!is_email(email)) return invalid("Invalid email address");
  if (!settings.features.org_shared_email && store::find_user_by_email(tx, email)) {
    return invalid("The e-mail address is already used by a user");
  }
  return {};
}

std::vector<OrganizationMemberTeam> member_teams(const std::vector<std::string>& names) {
  std::vector<OrganizationMemberTeam> teams;
  for (const auto& name : names) teams.push_back({.name = name, .avatar = make_avatar(AvatarKind::team, name)});
  return teams;
}

/// Applies `wanted` to the row and logs each change. `row` is up to date.
void log_and_apply(db::Tx& tx, const auth::Principal& who, const store::Account& row, const OrganizationChange& wanted,
                   const Settings& settings) {
  const LogPlace place{.namespace_id = row.id};
  store::OrganizationDetails details{.contact_email = row.contact_email,
                                     .invoice_email = row.invoice_email,
                                     .invoice_email_address = row.invoice_email_address,
                                     .tag_expiration_s = row.tag_expiration_s};
  if (wanted.invoice_email) {
    details.invoice_email = *wanted.invoice_email;
    audit(tx, who, "org_change_invoicing", place, {{"invoice_email", *wanted.invoice_email}, {"namespace", row.name}});
  }
  if (wanted.invoice_email_address) {
    details.invoice_email_address = *wanted.invoice_email_address;
    const auto& address = details.invoice_email_address;
    audit(tx, who, "org_change_invoicing", place,
          {{"invoice_email_address", address ? json::Value(*address) : json::Value()}, {"namespace", row.name}});
  }
  if (wanted.email && *wanted.email != row.contact_email.value_or("")) {
    details.contact_email = wanted.email->empty() ? std::nullopt : wanted.email;
    audit(tx, who, "org_change_email", place,
          {{"email", *wanted.email}, {"namespace", row.name}, {"old_email", row.contact_email.value_or("")}});
  }
  if (wanted.tag_expiration_s && settings.features.change_tag_expiration) {
    details.tag_expiration_s = *wanted.tag_expiration_s;
    audit(tx, who, "org_change_tag_expiration", place,
          {{"tag_expiration", *wanted.tag_expiration_s}, {"namespace", row.name}});
  }
  store::update_organization(tx, row.id, details);
}

}  // namespace

bool make_organization(db::Tx& tx, const auth::Principal& who, const NewOrganization& wanted,
                       const Settings& settings) {
  store::lock_account_name(tx, wanted.name);
  if (store::is_name_taken(tx, wanted.name)) return false;
  const auto now = now_ms();
  const store::NewAccount row{.kind = store::AccountKind::organization,
                              .name = wanted.name,
                              .contact_email = wanted.email,
                              .verified = true,
                              .tag_expiration_s = settings.default_tag_expiration_s};
  const auto id = store::insert_account(tx, row, now);
  const store::Team owners{.organization_id = id, .name = "owners", .role = store::kTeamAdmin, .description = {}};
  store::add_team_member(tx, store::insert_team(tx, owners, now), who.account_id);
  audit(tx, who, "org_create", {.namespace_id = id},
        {{"email", wanted.email.value_or("")}, {"namespace", wanted.name}});
  return true;
}

Result<auth::Access> require_organization_admin(db::Tx& tx, const auth::Principal& who, const std::string& name,
                                                bool looking) {
  auto access = auth::require_namespace_admin(tx, who, name, looking);
  if (access && !access->is_organization()) return not_found();
  return access;
}

Result<auth::Access> lock_organization_to_change(db::Tx& tx, const auth::Principal& who, const std::string& name) {
  const auto before = require_organization_admin(tx, who, name);
  if (!before) return before.error();
  store::lock_organization(tx, before->row().namespace_id);
  // Again, since a change that held the lock may have taken the caller's role.
  return require_organization_admin(tx, who, name);
}

Result<OrganizationView> organization_view(db::Tx& tx, const auth::Principal& who, const auth::Access& access) {
  if (!access.is_organization()) return not_found();
  const auto account = store::find_account(tx, access.row().namespace_id);
  if (!account) return not_found();
  OrganizationView view;
  view.name = account->name;
  view.avatar = make_avatar(AvatarKind::user, account->name, account->contact_email);
  view.is_admin = access.is_namespace_admin() || access.looks_on();
  view.is_member = access.is_member() || access.looks_on();
  if (view.is_member) {
    view.teams.emplace();
    view.ordered_teams.emplace();
    for (auto& team : store::list_teams(tx, account->id, who.account_id)) {
      view.ordered_teams->push_back(team.name);
      (*view.teams)[team.name] = {.name = team.name,
                                  .description = std::move(team.description),
                                  .role = team_role_of(team.role),
                                  .avatar = make_avatar(AvatarKind::team, team.name),
                                  .can_view = view.is_admin || team.has_caller,
                                  .repo_count = team.repositories,
                                  .member_count = team.members,
                                  .is_synced = false};
    }
  }
  if (view.is_admin) {
    view.email = account->contact_email.value_or("");
    view.invoice_email = account->invoice_email;
    view.invoice_email_address.emplace();
    if (account->invoice_email_address) *view.invoice_email_address = *account->invoice_email_address;
    view.tag_expiration_s = account->tag_expiration_s;
    view.is_free_account = true;
  }
  return view;
}

awaitable<Result<bool>> OrganizationService::create(auth::Principal who, Result<NewOrganization> asked) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  if (who.restricted) co_return auth::refusal(who);
  if (settings_.features.superusers_org_creation_only) {
    if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  }
  if (!asked) co_return asked.error();
  auto wanted = std::move(*asked);
  if (!is_account_name(wanted.name)) co_return invalid("Invalid organization name: " + wanted.name);
  if (wanted.email && wanted.email->empty()) wanted.email.reset();
  const auto taken = invalid("A user or organization with this name already exists");
  auto job = [this, who, wanted, taken](db::Tx& tx) -> Result<bool> {
    if (auto ok = check_email(tx, wanted.email.value_or(""), settings_); !ok) return ok.error();
    if (!make_organization(tx, who, wanted, settings_)) return taken;
    return true;
  };
  co_return co_await write_or(db_, std::move(job), taken);
}

awaitable<Result<OrganizationView>> OrganizationService::view(auth::Principal who, std::string name) {
  if (who.anonymous() && !settings_.features.anonymous_access) co_return auth::refusal(who);
  auto job = [who, name](db::Tx& tx) -> Result<OrganizationView> {
    return organization_view(tx, who, auth::Access::find(tx, who, {name, ""}));
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<OrganizationView>> OrganizationService::change(auth::Principal who, std::string name,
                                                                OrganizationChange wanted) {
  auto job = [this, who, name, wanted](db::Tx& tx) -> Result<OrganizationView> {
    const auto access = lock_organization_to_change(tx, who, name);
    if (!access) return access.error();
    const auto account = store::find_account(tx, access->row().namespace_id);
    if (!account) return not_found();
    const auto& options = settings_.tag_expiration_options_s;
    if (wanted.tag_expiration_s && settings_.features.change_tag_expiration &&
        std::ranges::find(options, *wanted.tag_expiration_s) == options.end()) {
      return invalid("Invalid tag expiration option");
    }
    // An address that it has already may stay, whoever else has it by now.
    if (wanted.email && *wanted.email != account->contact_email.value_or("")) {
      if (auto ok = check_email(tx, *wanted.email, settings_); !ok) return ok.error();
    }
    log_and_apply(tx, who, *account, wanted, settings_);
    return organization_view(tx, who, *access);
  };
  co_return co_await db_.write(std::move(job));
}

awaitable<Result<bool>> OrganizationService::remove(auth::Principal who, std::string name) {
  auto job = [who, name](db::Tx& tx) -> Result<bool> {
    // Permission first: only a name that is there is locked, and that before the organization, as everywhere.
    if (const auto may = require_organization_admin(tx, who, name); !may) return may.error();
    store::lock_account_name(tx, name);
    const auto access = lock_organization_to_change(tx, who, name);
    if (!access) return access.error();
    const auto account = store::find_account(tx, access->row().namespace_id);
    if (!account) return not_found();
    audit(tx, who, "org_delete", {.namespace_id = account->id}, {{"namespace", name}});
    store::retire_account(tx, *account, now_ms());
    return true;
  };
  co_return co_await db_.write(std::move(job));
}

awaitable<Result<OrganizationMembers>> OrganizationService::members(auth::Principal who, std::string name) {
  auto job = [who, name](db::Tx& tx) -> Result<OrganizationMembers> {
    const auto access = require_organization_admin(tx, who, name, true);
    if (!access) return access.error();
    OrganizationMembers result;
    std::map<std::string, Avatar> team_avatars;  // many members, few teams
    for (const auto& row : store::list_organization_members(tx, access->row().namespace_id)) {
      if (result.members.empty() || result.members.back().name != row.name) {
        result.members.push_back({.name = row.name,
                                  .kind = "user",
                                  .avatar = make_avatar(AvatarKind::user, row.name, row.email),
                                  .teams = {},
                                  .repositories = {}});
      }
      auto& member = result.members.back();
      if (row.team.empty()) {
        member.repositories.push_back(row.repository);
      } else {
        const auto [avatar, is_new] = team_avatars.try_emplace(row.team);
        if (is_new) avatar->second = make_avatar(AvatarKind::team, row.team);
        member.teams.push_back({.name = row.team, .avatar = avatar->second});
      }
    }
    return result;
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<OrganizationMember>> OrganizationService::member(auth::Principal who, std::string name,
                                                                  std::string member) {
  auto job = [who, name, member](db::Tx& tx) -> Result<OrganizationMember> {
    const auto access = require_organization_admin(tx, who, name, true);
    if (!access) return access.error();
    const bool possible = is_namespace_segment(member) || RobotName::parse(member);
    const auto account = possible ? store::find_account(tx, member) : std::nullopt;
    if (!account || account->kind == store::AccountKind::organization) return not_found();
    const auto organization_id = access->row().namespace_id;
    const bool is_robot = account->kind == store::AccountKind::robot;
    const auto teams = store::list_teams_of(tx, organization_id, account->id);
    if (teams.empty() && account->owner_id != organization_id) return not_found();
    return OrganizationMember{
        .name = account->name,
        .kind = is_robot ? "robot" : "user",
        .avatar = make_avatar(is_robot ? AvatarKind::robot : AvatarKind::user, account->name, account->email),
        .teams = member_teams(teams),
        .repositories = store::list_repositories_of(tx, organization_id, account->id)};
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<bool>> OrganizationService::remove_member(auth::Principal who, std::string name, std::string member) {
  auto job = [who, name, member](db::Tx& tx) -> Result<bool> {
    const auto access = lock_organization_to_change(tx, who, name);
    if (!access) return access.error();
    const auto account = is_namespace_segment(member) ? store::find_account(tx, member) : std::nullopt;
    if (!account || account->kind != store::AccountKind::user) return not_found();
    const auto organization_id = access->row().namespace_id;
    if (store::count_admin_teams(tx, organization_id, account->id, 0) > 0 &&
        !store::has_other_admin(tx, organization_id, account->id)) {
      return invalid("Cannot remove user as they are the only organization admin");
    }
    const LogPlace place{.namespace_id = organization_id};
    for (const auto& team : store::list_teams_of(tx, organization_id, account->id)) {
      audit(tx, who, "org_remove_team_member", place, {{"member", member}, {"team", team}});
    }
    for (const auto& repository : store::list_repositories_of(tx, organization_id, account->id)) {
      audit(tx, who, "delete_repo_permission", place,
            {{"username", member}, {"repo", repository}, {"namespace", name}});
    }
    store::remove_from_organization(tx, organization_id, account->id);
    return true;
  };
  co_return co_await db_.write(std::move(job));
}

awaitable<Result<Collaborators>> OrganizationService::collaborators(auth::Principal who, std::string name) {
  auto job = [who, name](db::Tx& tx) -> Result<Collaborators> {
    const auto access = require_organization_admin(tx, who, name, true);
    if (!access) return access.error();
    Collaborators result;
    for (const auto& row : store::list_collaborators(tx, access->row().namespace_id)) {
      auto& all = result.collaborators;
      if (all.empty() || all.back().name != row.name) {
        all.push_back({.name = row.name,
                       .kind = "user",
                       .avatar = make_avatar(AvatarKind::user, row.name, row.email),
                       .repositories = {}});
      }
      all.back().repositories.push_back(row.repository);
    }
    return result;
  };
  co_return co_await db_.read(std::move(job));
}

}  // namespace wharf::service
