#include "service/organization.h"

#include "base/names.h"
#include "service/conflict.h"
#include "store/account.h"
#include "store/team.h"

namespace wharf::service {

bool make_organization(db::Tx& tx, const NewOrganization& wanted, const Settings& settings) {
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
  store::add_team_member(tx, store::insert_team(tx, owners, now), wanted.creator_id);
  return true;
}

Result<auth::Access> require_organization_admin(db::Tx& tx, const auth::Principal& who, const std::string& name,
                                                bool looking) {
  auto access = auth::require_namespace_admin(tx, who, name, looking);
  if (access && !access->is_organization()) return Error{Errc::not_found, "Not Found"};
  return access;
}

Result<auth::Access> lock_organization_to_change(db::Tx& tx, const auth::Principal& who, const std::string& name) {
  const auto before = require_organization_admin(tx, who, name);
  if (!before) return before.error();
  store::lock_organization(tx, before->row().namespace_id);
  // Again, since a change that held the lock may have taken the caller's role.
  return require_organization_admin(tx, who, name);
}

awaitable<Result<bool>> OrganizationService::create(auth::Principal who, std::string name,
                                                    std::optional<std::string> email) {
  if (email && email->empty()) email.reset();
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  if (who.restricted) co_return auth::refusal(who);
  if (!is_account_name(name)) co_return Error{Errc::invalid_request, "Invalid organization name: " + name};
  if (email && !is_email(*email)) co_return Error{Errc::invalid_request, "Invalid email address"};
  const Error taken{Errc::invalid_request, "A user or organization with this name already exists"};
  NewOrganization wanted{.name = std::move(name), .email = std::move(email), .creator_id = who.account_id};
  auto job = [this, wanted = std::move(wanted), taken](db::Tx& tx) -> Result<bool> {
    if (!make_organization(tx, wanted, settings_)) return taken;
    return true;
  };
  co_return co_await write_or(db_, std::move(job), taken);
}

awaitable<Result<OrganizationView>> OrganizationService::view(auth::Principal who, std::string name) {
  if (who.anonymous() && !settings_.features.anonymous_access) co_return auth::refusal(who);
  auto job = [who, name](db::Tx& tx) -> Result<OrganizationView> {
    const auto access = auth::Access::find(tx, who, {name, ""});
    if (!access.is_organization()) return Error{Errc::not_found, "Not Found"};
    const auto account = store::find_account(tx, access.row().namespace_id);
    if (!account) return Error{Errc::not_found, "Not Found"};
    OrganizationView view;
    view.name = account->name;
    view.avatar = make_avatar(AvatarKind::user, account->name, account->contact_email);
    view.is_admin = access.is_namespace_admin() || access.looks_on();
    view.is_member = access.is_member() || access.looks_on();
    if (view.is_member) {
      view.teams.emplace();
      view.ordered_teams.emplace();
      for (const auto& team : store::list_teams(tx, account->id, who.account_id)) {
        view.ordered_teams->push_back(team.name);
        (*view.teams)[team.name] = {.name = team.name,
                                    .description = team.description,
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
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<bool>> OrganizationService::remove(auth::Principal who, std::string name) {
  auto job = [who, name](db::Tx& tx) -> Result<bool> {
    // Permission first: only a name that is there is locked, and that before the organization, as everywhere.
    if (const auto may = require_organization_admin(tx, who, name); !may) return may.error();
    store::lock_account_name(tx, name);
    const auto access = lock_organization_to_change(tx, who, name);
    if (!access) return access.error();
    const auto account = store::find_account(tx, access->row().namespace_id);
    if (!account) return Error{Errc::not_found, "Not Found"};
    store::retire_organization(tx, *account, now_ms());
    return true;
  };
  co_return co_await db_.write(std::move(job));
}

awaitable<Result<OrganizationMembers>> OrganizationService::members(auth::Principal who, std::string name) {
  auto job = [who, name](db::Tx& tx) -> Result<OrganizationMembers> {
    const auto access = require_organization_admin(tx, who, name, true);
    if (!access) return access.error();
    OrganizationMembers result;
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
        member.teams.push_back({.name = row.team, .avatar = make_avatar(AvatarKind::team, row.team)});
      }
    }
    return result;
  };
  co_return co_await db_.read(std::move(job));
}

}  // namespace wharf::service
