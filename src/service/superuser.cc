#include "service/superuser.h"

#include <algorithm>
#include <limits>

#include "auth/access.h"
#include "auth/password.h"
#include "base/names.h"
#include "base/random.h"
#include "service/account_mail.h"
#include "service/audit.h"
#include "service/conflict.h"
#include "service/profile.h"
#include "store/email_code.h"
#include "store/profile.h"
#include "store/retirement.h"
#include "store/team.h"

namespace wharf::service {
namespace {

constexpr std::int64_t kLargestPage = 100;
constexpr const char* kOrganizationPages = "superuser/organizations";
constexpr const char* kDigits = "0123456789";

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }
Error not_found() { return {Errc::not_found, "Not Found"}; }

std::optional<store::Account> find(db::Tx& tx, const std::string& name, store::AccountKind kind) {
  auto account = is_namespace_segment(name) ? store::find_account(tx, name) : std::nullopt;
  if (account && account->kind != kind) account.reset();
  return account;
}

OrganizationRecord record_of(const store::Account& account) {
  return {.name = account.name,
          .email = account.contact_email.value_or(""),
          .avatar = make_avatar(AvatarKind::org, account.name, account.contact_email)};
}

/// The text that was sent; null is as if nothing was.
std::optional<std::string> given(const std::optional<json::Nullable<std::string>>& text) {
  if (!text || !*text) return std::nullopt;
  return **text;
}

/// A team of the organization whose members administer it, made if there is none. The organization is held still.
std::int64_t admin_team(db::Tx& tx, std::int64_t organization_id, std::string& name) {
  const auto teams = store::list_teams(tx, organization_id, 0);
  for (const auto& team : teams) {
    if (team.role != store::kTeamAdmin) continue;
    name = team.name;
    return team.id;
  }
  name = "owners";
  const auto taken = [&teams](const std::string& wanted) {
    return std::ranges::any_of(teams, [&](const auto& team) { return team.name == wanted; });
  };
  while (taken(name)) name = "owners-" + random_text(6, kDigits);
  const store::Team owners{
      .organization_id = organization_id, .name = name, .role = store::kTeamAdmin, .description = {}};
  return store::insert_team(tx, owners, now_ms());
}

}  // namespace

Result<store::Account> SuperuserService::plain_user(db::Tx& tx, const std::string& username) const {
  const auto account = find(tx, username, store::AccountKind::user);
  if (!account) return not_found();
  if (tools_.users.principal_of(*account).superuser) return invalid("This is not done to a superuser: " + username);
  return *account;
}

awaitable<Result<UserRecord>> SuperuserService::user(auth::Principal who, std::string username) {
  if (auto ok = auth::require_superuser(who, true); !ok) co_return ok.error();
  auto job = [this, username](db::Tx& tx) -> Result<UserRecord> {
    const auto account = find(tx, username, store::AccountKind::user);
    if (!account) return not_found();
    return tools_.users.record_of(*account);
  };
  co_return co_await tools_.db.read(std::move(job));
}

awaitable<Result<UserRecord>> SuperuserService::change_user(auth::Principal who, std::string username,
                                                            Result<InstallUserChange> wanted, std::string base_url) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  if (!wanted) co_return wanted.error();
  if (tools_.settings.authentication_type != "Database") co_return invalid("Users are kept elsewhere");
  const auto password = given(wanted->password);
  const auto email = given(wanted->email);
  if (password && !auth::is_acceptable_password(*password)) {
    co_return invalid("Invalid password, password must be at least 8 characters and contain no whitespace.");
  }
  if (email && !is_email(*email)) co_return invalid("Invalid email address");
  std::string password_hash;
  if (password) {
    auto hash = [text = *password] { return auth::hash_password(text); };
    password_hash = co_await run_on(tools_.passwords, std::move(hash));
  }
  auto job = [this, who, username, change = *wanted, password_hash, base_url](db::Tx& tx) -> Result<UserRecord> {
    if (change.superuser) tx.lock("superusers");
    const auto before = find(tx, username, store::AccountKind::user);
    if (!before) return not_found();
    if (auto ok = apply(tx, who, *before, change, password_hash, base_url); !ok) return ok.error();
    return tools_.users.record_of(*store::find_account(tx, before->id));
  };
  const auto taken = invalid("E-mail address already used");
  auto record = co_await write_or(tools_.db, std::move(job), taken);
  if (record && password) record->encrypted_password = tools_.encrypted.make(record->username, *password);
  co_return record;
}

Result<void> SuperuserService::set_rank(db::Tx& tx, const auth::Principal& who, const store::Account& account,
                                        bool superuser) const {
  const auto& settings = tools_.settings;
  // Once more, behind the lock: two who take it from each other at once would leave nobody.
  const auto caller = store::find_account(tx, who.account_id);
  if (!caller || !auth::require_superuser(tools_.users.principal_of(*caller))) return auth::refusal(who);
  if (tools_.users.principal_of(account).superuser == superuser) return {};
  if (superuser && settings.read_only_super_users.contains(account.name)) {
    return invalid("GLOBAL_READONLY_SUPER_USERS of the configuration names this user");
  }
  if (!superuser && settings.super_users.contains(account.name)) {
    return invalid("SUPER_USERS of the configuration names this user");
  }
  if (!superuser && account.id == who.account_id) return invalid("Nobody takes this from themselves");
  store::set_superuser(tx, account.id, superuser);
  audit(tx, who, "user_change_metadata", {.namespace_id = account.id},
        {{"username", account.name}, {"is_superuser", superuser}, {"superuser", who.name}});
  return {};
}

Result<void> SuperuserService::apply(db::Tx& tx, const auth::Principal& who, const store::Account& account,
                                     const InstallUserChange& wanted, const std::string& password_hash,
                                     const std::string& base_url) const {
  const bool mailing = tools_.settings.features.mailing;
  const LogPlace place{.namespace_id = account.id};
  const auto email = given(wanted.email);
  const bool rank_alone = wanted.superuser && password_hash.empty() && !email && !wanted.enabled;
  if (!rank_alone) {
    if (auto ok = plain_user(tx, account.name); !ok) return ok.error();
  }
  if (!password_hash.empty()) {
    store::change_password(tx, account.id, password_hash);
    store::delete_email_codes(tx, account.id, store::EmailCodeKind::recover);
    audit(tx, who, "user_change_password", place, {{"username", account.name}, {"superuser", who.name}});
    if (mailing && account.email) queue_password_changed(tools_, tx, account.name, *account.email, base_url);
  }
  if (email) {
    const auto owner = store::find_user_by_email(tx, *email);
    if (owner && owner->id != account.id) return invalid("E-mail address already used");
    if (!owner) {
      store::set_email(tx, account.id, *email, true);
      // Links that went to the old address, or to one that was to be the new one, are good for nothing any more.
      for (const auto kind :
           {store::EmailCodeKind::confirm, store::EmailCodeKind::change, store::EmailCodeKind::recover}) {
        store::delete_email_codes(tx, account.id, kind);
      }
      audit(tx, who, "user_change_email", place,
            {{"email", *email},
             {"old_email", account.email.value_or("")},
             {"namespace", account.name},
             {"superuser", who.name}});
      if (mailing && account.email) queue_email_changed(tools_, tx, account.name, *account.email, *email, base_url);
    }
  }
  if (wanted.enabled && *wanted.enabled != account.enabled) {
    store::set_enabled(tx, account.id, *wanted.enabled);
    audit(tx, who, *wanted.enabled ? "user_enable" : "user_disable", place,
          {{"username", account.name}, {"superuser", who.name}});
  }
  if (wanted.superuser) return set_rank(tx, who, account, *wanted.superuser);
  return {};
}

awaitable<Result<bool>> SuperuserService::remove_user(auth::Principal who, std::string username) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  if (tools_.settings.authentication_type != "Database") co_return invalid("Users are kept elsewhere");
  auto job = [this, who, username](db::Tx& tx) -> Result<bool> {
    // Only a name that is there is locked.
    if (const auto there = plain_user(tx, username); !there) return there.error();
    store::lock_account_name(tx, username);
    const auto account = plain_user(tx, username);
    if (!account) return account.error();
    audit(tx, who, "user_delete", {.namespace_id = account->id}, {{"username", username}, {"superuser", who.name}});
    store::retire_account(tx, *account, now_ms());
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<std::string>> SuperuserService::send_recovery(auth::Principal who, std::string username,
                                                               std::string base_url) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  if (tools_.settings.authentication_type != "Database") co_return invalid("Users are kept elsewhere");
  auto job = [this, username, base_url](db::Tx& tx) -> Result<std::string> {
    const auto account = plain_user(tx, username);
    if (!account) return account.error();
    if (!account->enabled) return invalid("The user is disabled");
    if (!account->email) return invalid("The user has no e-mail address");
    queue_recovery(tools_, tx, *account, base_url);
    return *account->email;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<OrganizationRecords>> SuperuserService::organizations(auth::Principal who,
                                                                       std::optional<std::int64_t> limit,
                                                                       std::string next_page) {
  if (auto ok = auth::require_superuser(who, true); !ok) co_return ok.error();
  if (limit && (*limit < 1 || *limit > kLargestPage)) co_return invalid("limit: must be 1 to 100");
  const auto after = limit ? pages_.read(kOrganizationPages, next_page, now_ms()) : 0;
  // One more than the page holds tells of a next page.
  const auto rows = limit ? *limit + 1 : std::numeric_limits<std::int64_t>::max();
  auto job = [after, rows](db::Tx& tx) { return store::list_organizations(tx, after, rows); };
  auto accounts = co_await tools_.db.read(std::move(job));
  OrganizationRecords records;
  if (limit && std::ssize(accounts) > *limit) {
    accounts.pop_back();
    records.next_page = pages_.make(kOrganizationPages, accounts.back().id, now_ms());
  }
  for (const auto& account : accounts) records.organizations.push_back(record_of(account));
  co_return records;
}

awaitable<Result<OrganizationRecord>> SuperuserService::rename_organization(auth::Principal who, std::string name,
                                                                            Result<std::string> new_name) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  if (!new_name) co_return new_name.error();
  if (!is_account_name(*new_name)) co_return invalid("Invalid organization name: " + *new_name);
  const auto taken = invalid("A user or organization with this name already exists");
  auto job = [who, name, wanted = *new_name, taken](db::Tx& tx) -> Result<OrganizationRecord> {
    const auto unknown = invalid("There is no organization " + name);
    if (!find(tx, name, store::AccountKind::organization)) return unknown;
    store::lock_account_names(tx, name, wanted);
    auto account = find(tx, name, store::AccountKind::organization);
    if (!account) return unknown;
    if (wanted == name) return record_of(*account);
    store::delete_unfinished_user(tx, wanted, now_ms());
    if (store::is_name_taken(tx, wanted)) return taken;
    store::rename_account(tx, *account, wanted);
    audit(tx, who, "org_change_name", {.namespace_id = account->id},
          {{"old_name", name}, {"new_name", wanted}, {"superuser", who.name}});
    account->name = wanted;
    return record_of(*account);
  };
  co_return co_await write_or(tools_.db, std::move(job), taken);
}

awaitable<Result<bool>> SuperuserService::remove_organization(auth::Principal who, std::string name) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  auto job = [who, name](db::Tx& tx) -> Result<bool> {
    if (!find(tx, name, store::AccountKind::organization)) return not_found();
    store::lock_account_name(tx, name);
    auto account = find(tx, name, store::AccountKind::organization);
    if (!account) return not_found();
    store::lock_organization(tx, account->id);
    audit(tx, who, "org_delete", {.namespace_id = account->id}, {{"namespace", name}, {"superuser", who.name}});
    store::retire_account(tx, *account, now_ms());
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> SuperuserService::take_ownership(auth::Principal who, std::string name) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  auto job = [this, who, name](db::Tx& tx) -> Result<bool> {
    const auto entity = [&] { return is_namespace_segment(name) ? store::find_account(tx, name) : std::nullopt; };
    if (!entity()) return not_found();
    store::lock_account_name(tx, name);
    const auto account = entity();
    if (!account || account->kind == store::AccountKind::robot) return not_found();
    const bool was_user = account->kind == store::AccountKind::user;
    if (was_user) {
      if (const auto user = plain_user(tx, name); !user) return user.error();
      if (auto ok = convert_to_organization(tx, *account, who.account_id); !ok) return ok.error();
    } else {
      store::lock_organization(tx, account->id);
      std::string team;
      const auto team_id = admin_team(tx, account->id, team);
      if (store::add_team_member(tx, team_id, who.account_id)) {
        audit(tx, who, "org_add_team_member", {.namespace_id = account->id}, {{"member", who.name}, {"team", team}});
      }
    }
    audit(tx, who, "take_ownership", {.namespace_id = who.account_id},
          {{"entity_id", account->id}, {"namespace", name}, {"was_user", was_user}, {"superuser", who.name}});
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

}  // namespace wharf::service
