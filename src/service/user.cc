#include "service/user.h"

#include <algorithm>
#include <limits>

#include "auth/access.h"
#include "auth/password.h"
#include "base/names.h"
#include "base/random.h"
#include "base/secret.h"
#include "service/audit.h"
#include "service/conflict.h"
#include "store/application.h"
#include "store/email_code.h"
#include "store/profile.h"
#include "store/token.h"

namespace wharf::service {
namespace {

constexpr std::int64_t kFirstTokenSeconds = 9000;
constexpr std::int64_t kLargestPage = 100;
constexpr const char* kUserPages = "superuser/users";
constexpr const char* kAllScopes =
    "org:admin repo:admin repo:create repo:read repo:write super:user user:admin user:read";

constexpr const char* kBadPassword =
    "Invalid password, password must be at least 8 characters and contain no whitespace.";

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }
Error no_user(const std::string& name) { return {Errc::not_found, "There is no user " + name}; }

bool is_token(std::string_view text) {
  return text.size() == 40 && text.find_first_not_of(kLettersAndDigits) == std::string_view::npos;
}

json::Nullable<std::string> nullable(const std::optional<std::string>& text) {
  json::Nullable<std::string> value;
  if (text) value = *text;
  return value;
}

std::vector<std::string> prompts_of(const store::Profile& profile) {
  std::vector<std::string> prompts;
  for (std::string_view rest = profile.prompts; !rest.empty();) {
    const auto comma = rest.find(',');
    prompts.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return prompts;
}

}  // namespace

Result<void> UserService::check(const NewUser& wanted) const {
  if (!is_account_name(wanted.username)) {
    return invalid(
        "Invalid username: it must have 2 to 255 lower-case letters, digits and single '.', '_', '-' inside");
  }
  if (!auth::is_acceptable_password(wanted.password)) {
    return invalid(kBadPassword);
  }
  if (wanted.email && !is_email(*wanted.email)) return invalid("Invalid email address");
  return {};
}

Result<store::Account> UserService::insert(db::Tx& tx, const NewUser& wanted, const std::string& password_hash) const {
  store::lock_account_name(tx, wanted.username);
  store::delete_unfinished_user(tx, wanted.username, now_ms());
  if (store::is_name_taken(tx, wanted.username)) {
    return invalid("Username has already been taken: " + wanted.username);
  }
  if (wanted.email && store::find_user_by_email(tx, *wanted.email)) {
    return invalid("Email has already been used: " + *wanted.email);
  }
  const store::NewAccount row{.kind = store::AccountKind::user,
                              .name = wanted.username,
                              .email = wanted.email,
                              .verified = wanted.verified,
                              .superuser = wanted.superuser,
                              .password_hash = password_hash,
                              .tag_expiration_s = settings_.default_tag_expiration_s};
  const auto id = store::insert_account(tx, row, now_ms());
  if (!wanted.prompts.empty()) {
    store::Profile profile;
    profile.prompts = wanted.prompts;
    store::set_profile(tx, id, profile);
  }
  return *store::find_account(tx, id);
}

awaitable<bool> UserService::has_users() {
  co_return co_await db_.read([](db::Tx& tx) { return store::has_users(tx); });
}

awaitable<Result<FirstUser>> UserService::initialize(NewUser wanted, bool access_token, std::string setup_code) {
  const bool with_code = !settings_.setup_code.empty() && same_secret(setup_code, settings_.setup_code);
  if (!settings_.listens_on_loopback_only && !settings_.features.user_initialize && !with_code) {
    co_return invalid("The first user is made with the set-up code that the server printed when it started");
  }
  const auto occupied = invalid("Cannot initialize user in a non-empty database");
  // Before the hash, so that nobody can keep the pool busy with it later.
  if (co_await has_users()) co_return occupied;
  if (auto ok = check(wanted); !ok) co_return ok.error();
  wanted.superuser = settings_.super_users.empty();
  auto hash = [password = wanted.password] { return auth::hash_password(password); };
  const auto password_hash = co_await run_on(pool_, std::move(hash));
  const auto token = random_text(40, kLettersAndDigits);

  std::optional<FirstToken> first_token;
  if (access_token) first_token = FirstToken{.token = token, .life_s = kFirstTokenSeconds};
  auto job = [this, wanted, password_hash, first_token, occupied](db::Tx& tx) -> Result<FirstUser> {
    tx.lock("first user");
    if (store::has_users(tx)) return occupied;
    return insert_first(tx, wanted, password_hash, first_token);
  };
  auto first = co_await write_or(db_, std::move(job), occupied);
  if (first) first->encrypted_password = encrypted_.make(wanted.username, wanted.password);
  co_return first;
}

Result<FirstUser> UserService::insert_first(db::Tx& tx, const NewUser& wanted, const std::string& password_hash,
                                            const std::optional<FirstToken>& token) const {
  auto account = insert(tx, wanted, password_hash);
  if (!account) return account.error();
  json::Object metadata{{"username", account->name}, {"email", account->email.value_or("")}};
  if (wanted.superuser) metadata["superuser"] = true;
  audit(tx, principal_of(*account), "user_create", {.namespace_id = account->id}, std::move(metadata));
  FirstUser first{.username = account->name, .email = {}, .encrypted_password = {}, .access_token = {}};
  if (account->email) first.email = *account->email;
  if (!token) return first;
  const store::NewApplication application{
      .namespace_id = account->id,
      .client_id = account->name,
      .name = "automation",
      .description = "Application token generated via /api/v1/user/initialize",
      .sealed_secret = secrets_.seal(random_text(40, kUpperAndDigits), "application:" + account->name)};
  const auto application_id = store::insert_application(tx, application, now_ms());
  insert_token(tx, account->id, application_id, std::nullopt, token->token, kAllScopes,
               now_ms() + token->life_s * 1000);
  first.access_token = token->token;
  return first;
}

awaitable<Result<bool>> UserService::make_first(NewUser wanted, std::optional<FirstToken> token) {
  if (co_await has_users()) co_return false;
  if (auto ok = check(wanted); !ok) co_return ok.error();
  if (token && !is_token(token->token)) co_return invalid("A token has 40 letters and digits");
  wanted.superuser = settings_.super_users.empty();
  auto hash = [password = wanted.password] { return auth::hash_password(password); };
  const auto password_hash = co_await run_on(pool_, std::move(hash));
  auto job = [this, wanted, password_hash, token](db::Tx& tx) -> Result<bool> {
    tx.lock("first user");
    if (store::has_users(tx)) return false;
    auto first = insert_first(tx, wanted, password_hash, token);
    if (!first) return first.error();
    return true;
  };
  co_return co_await db_.write(std::move(job));
}

std::vector<UserOrganization> UserService::organizations_of(db::Tx& tx, const auth::Principal& who,
                                                            const store::Account& account) const {
  const bool full = who.has(auth::ScopeSet::user_admin);
  const auto is_public = [this](const std::string& name) {
    return std::ranges::find(settings_.public_namespaces, name) != settings_.public_namespaces.end();
  };
  std::vector<UserOrganization> all;
  const auto add = [&](const std::string& name, const std::optional<std::string>& email, auth::TeamRights rights) {
    UserOrganization one{.name = name,
                         .avatar = make_avatar(AvatarKind::org, name, email),
                         .can_create_repo = rights.create,
                         .public_ = is_public(name),
                         .is_admin = rights.admin,
                         .is_org_admin = {},
                         .preferred_namespace = {}};
    if (full) {
      one.is_org_admin = rights.admin;
      one.preferred_namespace = false;
    }
    all.push_back(std::move(one));
  };
  for (const auto& each : store::list_memberships(tx, account.id)) {
    add(each.name, each.contact_email, auth::team_rights(who, each.best_team));
  }
  for (const auto& name : settings_.public_namespaces) {
    const auto known = [&name](const UserOrganization& one) { return one.name == name; };
    if (name == account.name || std::ranges::any_of(all, known)) continue;
    const auto ns = store::find_account(tx, name);
    if (ns && ns->kind != store::AccountKind::robot) add(name, ns->contact_email, {});
  }
  return all;
}

UserView UserService::view_of(db::Tx& tx, const auth::Principal& who, const store::Account& account) const {
  using auth::ScopeSet;
  const bool self = who.kind == auth::Principal::Kind::user && who.account_id == account.id;
  UserView view;
  view.username = account.name;
  view.avatar = make_avatar(AvatarKind::user, account.name, account.email);
  if (self && who.has(ScopeSet::user_admin)) {
    const auto profile = store::find_profile(tx, account.id);
    view.can_create_repo = true;
    view.is_me = true;
    view.verified = account.verified;
    view.email = account.email;
    view.logins.emplace();
    view.invoice_email = account.invoice_email;
    view.invoice_email_address = nullable(account.invoice_email_address);
    view.preferred_namespace = false;
    view.tag_expiration_s = account.tag_expiration_s;
    view.prompts = prompts_of(profile);
    view.company = nullable(profile.company);
    view.family_name = nullable(profile.family_name);
    view.given_name = nullable(profile.given_name);
    view.location = nullable(profile.location);
    view.is_free_account = true;
    view.has_password_set = account.has_password;
  }
  if (self && who.has(ScopeSet::user_read)) view.organizations = organizations_of(tx, who, account);
  if (auth::require_superuser(who)) view.super_user = record_of(account).super_user;
  if (who.read_only_superuser) view.global_readonly_super_user = record_of(account).global_readonly_super_user;
  return view;
}

awaitable<Result<UserView>> UserService::view_self(auth::Principal who) {
  auto job = [this, who](db::Tx& tx) -> Result<UserView> {
    // The web UI asks with every page whether anybody is signed in: this tells it that it may go on without.
    Error nobody{Errc::unauthenticated, "Requires authentication"};
    nobody.extra = R"({"session_required": false})";
    if (!auth::require_user(who, auth::ScopeSet::user_read)) return nobody;
    const auto account = store::find_account(tx, who.account_id);
    if (!account) return nobody;
    return view_of(tx, who, *account);
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<UserView>> UserService::view(auth::Principal who, std::string username) {
  if (who.anonymous() && !settings_.features.anonymous_access) co_return auth::refusal(who);
  auto job = [this, who, username](db::Tx& tx) -> Result<UserView> {
    const auto account = is_namespace_segment(username) ? store::find_account(tx, username) : std::nullopt;
    if (!account || account->kind != store::AccountKind::user) return Error{Errc::not_found, "Not Found"};
    return view_of(tx, who, *account);
  };
  co_return co_await db_.read(std::move(job));
}

awaitable<Result<store::Account>> UserService::create(NewUser wanted, auth::Principal who) {
  if (auto ok = check(wanted); !ok) co_return ok.error();
  auto hash = [password = wanted.password] { return auth::hash_password(password); };
  const auto password_hash = co_await run_on(pool_, std::move(hash));
  auto job = [this, wanted, password_hash, who](db::Tx& tx) -> Result<store::Account> {
    auto account = insert(tx, wanted, password_hash);
    if (!account) return account;
    json::Object metadata{{"username", account->name}, {"email", account->email.value_or("")}};
    // Quay's key for the superuser who made them.
    if (!who.anonymous()) metadata["superuser"] = who.name;
    audit(tx, who, "user_create", {.namespace_id = account->id}, std::move(metadata));
    return account;
  };
  const auto taken = invalid("Username or email address has already been taken: " + wanted.username);
  co_return co_await write_or(db_, std::move(job), taken);
}

awaitable<Result<bool>> UserService::set_password(std::string username, std::string password) {
  if (!auth::is_acceptable_password(password)) co_return invalid(kBadPassword);
  auto hash = [password] { return auth::hash_password(password); };
  const auto password_hash = co_await run_on(pool_, std::move(hash));
  auto job = [username, password_hash](db::Tx& tx) -> Result<bool> {
    const auto account = store::find_account(tx, username);
    if (!account || account->kind != store::AccountKind::user) return no_user(username);
    store::change_password(tx, account->id, password_hash);
    store::delete_email_codes(tx, account->id, store::EmailCodeKind::recover);
    audit(tx, {}, "user_change_password", {.namespace_id = account->id}, {{"username", username}});
    return true;
  };
  co_return co_await db_.write(std::move(job));
}

awaitable<Result<bool>> UserService::set_enabled(std::string username, bool enabled) {
  auto job = [username, enabled](db::Tx& tx) -> Result<bool> {
    const auto account = store::find_account(tx, username);
    if (!account || account->kind != store::AccountKind::user) return no_user(username);
    if (account->enabled == enabled) return false;
    store::set_enabled(tx, account->id, enabled);
    audit(tx, {}, enabled ? "user_enable" : "user_disable", {.namespace_id = account->id}, {{"username", username}});
    return true;
  };
  co_return co_await db_.write(std::move(job));
}

awaitable<Result<CreatedUser>> UserService::create_for(auth::Principal who, Result<NewUser> wanted) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  if (!wanted) co_return wanted.error();
  const auto password = random_text(32, kLettersAndDigits);
  wanted->password = password;
  auto account = co_await create(std::move(*wanted), who);
  if (!account) co_return account.error();
  CreatedUser created{.username = account->name,
                      .email = {},
                      .password = password,
                      .encrypted_password = encrypted_.make(account->name, password)};
  if (account->email) created.email = *account->email;
  co_return created;
}

UserRecord UserService::record_of(const store::Account& account) const {
  const auto person = principal_of(account);
  return {.kind = "user",
          .name = account.name,
          .username = account.name,
          .email = account.email,
          .verified = account.verified,
          .avatar = make_avatar(AvatarKind::user, account.name, account.email),
          .super_user = person.superuser && !person.read_only_superuser,
          .global_readonly_super_user = person.read_only_superuser,
          .enabled = account.enabled};
}

awaitable<Result<UserRecords>> UserService::list(auth::Principal who, UserListing wanted) {
  if (auto ok = auth::require_superuser(who, true); !ok) co_return ok.error();
  if (wanted.limit && (*wanted.limit < 1 || *wanted.limit > kLargestPage)) {
    co_return invalid("limit: must be 1 to 100");
  }
  const auto after = wanted.limit ? pages_.read(kUserPages, wanted.next_page, now_ms()) : 0;
  // One more than the page holds tells of a next page.
  const auto rows = wanted.limit ? *wanted.limit + 1 : std::numeric_limits<std::int64_t>::max();
  auto job = [with_disabled = wanted.with_disabled, after, rows](db::Tx& tx) {
    return store::list_users(tx, with_disabled, after, rows);
  };
  auto accounts = co_await db_.read(std::move(job));
  UserRecords records;
  if (wanted.limit && std::ssize(accounts) > *wanted.limit) {
    accounts.pop_back();
    records.next_page = pages_.make(kUserPages, accounts.back().id, now_ms());
  }
  for (const auto& account : accounts) records.users.push_back(record_of(account));
  co_return records;
}

awaitable<std::vector<UserRecord>> UserService::list_all() {
  auto job = [](db::Tx& tx) { return store::list_users(tx, true, 0, std::numeric_limits<std::int64_t>::max()); };
  const auto accounts = co_await db_.read(std::move(job));
  std::vector<UserRecord> records;
  for (const auto& account : accounts) records.push_back(record_of(account));
  co_return records;
}

awaitable<std::optional<store::Account>> UserService::find_by_name(std::string name) {
  auto job = [name = std::move(name)](db::Tx& tx) { return store::find_account(tx, name); };
  co_return co_await db_.lookup(std::move(job));
}

}  // namespace wharf::service
