#include "service/profile.h"

#include <algorithm>

#include "auth/access.h"
#include "auth/password.h"
#include "base/names.h"
#include "service/account_mail.h"
#include "service/audit.h"
#include "service/conflict.h"
#include "service/login.h"
#include "store/access.h"
#include "store/email_code.h"
#include "store/profile.h"
#include "store/retirement.h"
#include "store/team.h"

namespace wharf::service {
namespace {

constexpr std::size_t kLongestName = 255;
constexpr const char* kSoleAdmin = "is the only admin of the organization";

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }
Error not_found() { return {Errc::not_found, "Not Found"}; }
/// The account went between the request's arrival and its turn.
Error gone() { return {Errc::unauthenticated, "Requires authentication"}; }

using Text = std::optional<json::Nullable<std::string>>;

/// Sets `member` to what was sent, notes it in `changed`; an empty text is none.
void take(std::string_view name, const Text& sent, std::optional<std::string>& member, json::Object& changed) {
  if (!sent) return;
  member.reset();
  if (*sent && !(*sent)->empty()) member = **sent;
  changed[name] = member ? json::Value(*member) : json::Value(nullptr);
}

/// `prompts` without those in `answered`.
std::string without(std::string_view prompts, std::initializer_list<std::string_view> answered) {
  std::string left;
  while (!prompts.empty()) {
    const auto comma = prompts.find(',');
    const auto prompt = prompts.substr(0, comma);
    prompts.remove_prefix(comma == std::string_view::npos ? prompts.size() : comma + 1);
    if (std::ranges::find(answered, prompt) != answered.end()) continue;
    left.append(left.empty() ? "" : ",").append(prompt);
  }
  return left;
}

bool has_prompt(std::string_view prompts, std::string_view one) {
  return without(prompts, {one}).size() != prompts.size();
}

/// What can be said without the database.
Result<void> check(const ProfileChange& wanted, const Settings& settings) {
  if (wanted.password && !auth::is_acceptable_password(*wanted.password)) {
    return invalid("Invalid password, password must be at least 8 characters and contain no whitespace.");
  }
  if (wanted.email && !is_email(*wanted.email)) return invalid("Invalid email address");
  if (wanted.invoice_email_address && *wanted.invoice_email_address && !(*wanted.invoice_email_address)->empty() &&
      !is_email(**wanted.invoice_email_address)) {
    return invalid("Invalid invoice email address");
  }
  const auto& options = settings.tag_expiration_options_s;
  if (wanted.tag_expiration_s && settings.features.change_tag_expiration &&
      std::ranges::find(options, *wanted.tag_expiration_s) == options.end()) {
    return invalid("Invalid tag expiration option");
  }
  for (const auto* text : {&wanted.given_name, &wanted.family_name, &wanted.company, &wanted.location}) {
    if (*text && **text && (**text)->size() > kLongestName) return invalid("A name has at most 255 characters");
  }
  return {};
}

/// The account of `name` if that is a user who has shown the password: no robot, no token in its place.
std::optional<auth::Principal> person_of(const LoginOutcome& outcome) {
  if (!outcome.who || outcome.who->kind != auth::Principal::Kind::user ||
      outcome.who->means != auth::Principal::Means::password) {
    return std::nullopt;
  }
  return *outcome.who;
}

Result<void> not_sole_admin(db::Tx& tx, const store::Account& user) {
  // Held still, or two who go at once would each count on the other.
  for (const auto organization_id : store::list_administered(tx, user.id)) {
    store::lock_organization(tx, organization_id);
  }
  if (const auto organization = store::find_organization_with_sole_admin(tx, user.id)) {
    return invalid("User '" + user.name + "' " + kSoleAdmin + " '" + *organization + "'");
  }
  return {};
}

}  // namespace

awaitable<Result<ChangedProfile>> ProfileService::change(auth::Principal who, Result<ProfileChange> wanted,
                                                         std::string base_url) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  if (!wanted) co_return wanted.error();
  if (auto ok = check(*wanted, tools_.settings); !ok) co_return ok.error();
  std::string password_hash;
  if (wanted->password) {
    auto hash = [password = *wanted->password] { return auth::hash_password(password); };
    password_hash = co_await run_on(tools_.passwords, std::move(hash));
  }
  auto job = [this, who, change = *wanted, password_hash, base_url](db::Tx& tx) -> Result<ChangedProfile> {
    const auto before = store::find_account(tx, who.account_id);
    if (!before || before->kind != store::AccountKind::user) return gone();
    if (auto ok = apply(tx, who, *before, change, password_hash, base_url); !ok) return ok.error();
    const auto account = store::find_account(tx, who.account_id);
    if (!account) return gone();
    auto self = who;
    self.name = account->name;
    return ChangedProfile{.account = *account,
                          .view = tools_.users.view_of(tx, self, *account),
                          .sessions_ended = change.password.has_value()};
  };
  const auto taken = invalid("The name or the e-mail address was taken at the same time");
  co_return co_await write_or(tools_.db, std::move(job), taken);
}

Result<void> ProfileService::apply(db::Tx& tx, const auth::Principal& who, const store::Account& account,
                                   const ProfileChange& wanted, const std::string& password_hash,
                                   const std::string& base_url) const {
  const auto& features = tools_.settings.features;
  const LogPlace place{.namespace_id = account.id};
  auto profile = store::find_profile(tx, account.id);

  if (wanted.username) {
    const bool asked = features.username_confirmation && has_prompt(profile.prompts, "confirm_username");
    if ((features.user_rename || asked) && *wanted.username != account.name) {
      if (auto ok = rename(tx, who, account, *wanted.username); !ok) return ok;
    }
    profile.prompts = without(profile.prompts, {"confirm_username"});
  }
  if (wanted.password) {
    store::change_password(tx, account.id, password_hash);
    store::delete_email_codes(tx, account.id, store::EmailCodeKind::recover);
    audit(tx, who, "account_change_password", place);
    if (features.mailing && account.email) queue_password_changed(tools_, tx, account.name, *account.email, base_url);
  }
  store::InvoiceSettings invoice{account.invoice_email, account.invoice_email_address};
  if (wanted.invoice_email) {
    invoice.invoice_email = *wanted.invoice_email;
    audit(tx, who, "user_change_invoicing", place,
          {{"invoice_email", invoice.invoice_email}, {"namespace", account.name}});
  }
  json::Object changed{{"namespace", account.name}};
  take("invoice_email_address", wanted.invoice_email_address, invoice.address, changed);
  if (invoice.address != account.invoice_email_address) {
    audit(tx, who, "user_change_invoicing", place, changed);
  }
  store::set_invoice(tx, account.id, invoice);
  if (wanted.tag_expiration_s && features.change_tag_expiration) {
    store::set_tag_expiration(tx, account.id, *wanted.tag_expiration_s);
    audit(tx, who, "user_change_tag_expiration", place,
          {{"tag_expiration", *wanted.tag_expiration_s}, {"namespace", account.name}});
  }
  if (features.user_metadata) {
    json::Object told;
    take("given_name", wanted.given_name, profile.given_name, told);
    take("family_name", wanted.family_name, profile.family_name, told);
    take("company", wanted.company, profile.company, told);
    take("location", wanted.location, profile.location, told);
    if (!told.empty()) {
      profile.prompts = without(profile.prompts, {"enter_name", "enter_company"});
      audit(tx, who, "user_change_metadata", place, told);
    }
  }
  store::set_profile(tx, account.id, profile);
  if (!wanted.email || *wanted.email == account.email.value_or("")) return {};
  const auto owner = store::find_user_by_email(tx, *wanted.email);
  if (owner && owner->id == account.id) return {};  // the same in other letters
  if (features.mailing) {
    // Whether somebody has the address is told to whoever reads its mail, and to nobody else.
    return queue_email_change(tools_, tx, account, *wanted.email, base_url);
  }
  if (owner) return invalid("E-mail address already used");
  store::set_email(tx, account.id, *wanted.email, true);
  store::delete_email_codes(tx, account.id, store::EmailCodeKind::recover);
  audit(tx, who, "user_change_email", place,
        {{"email", *wanted.email}, {"old_email", account.email.value_or("")}, {"namespace", account.name}});
  return {};
}

Result<void> ProfileService::rename(db::Tx& tx, const auth::Principal& who, const store::Account& account,
                                    const std::string& name) const {
  if (!is_account_name(name)) {
    return invalid(
        "Invalid username: it must have 2 to 255 lower-case letters, digits and single '.', '_', '-' inside");
  }
  if (is_kept_back(name)) return invalid("Username is already in use");
  store::lock_account_names(tx, account.name, name);
  // Once more, now that nobody else gives it a name.
  const auto now = store::find_account(tx, account.id);
  if (!now || now->name != account.name) return invalid("The account was renamed at the same time");
  store::delete_unfinished_user(tx, name, now_ms());
  if (store::is_name_taken(tx, name)) return invalid("Username is already in use");
  store::rename_account(tx, account, name);
  audit(tx, who, "user_change_name", {.namespace_id = account.id},
        {{"old_username", account.name}, {"new_username", name}});
  return {};
}

awaitable<Result<bool>> ProfileService::remove(auth::Principal who) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  if (tools_.settings.authentication_type != "Database") co_return not_found();
  auto job = [who](db::Tx& tx) -> Result<bool> {
    store::lock_account_name(tx, who.name);
    const auto account = store::find_account(tx, who.account_id);
    if (!account || account->name != who.name || account->kind != store::AccountKind::user) return gone();
    if (auto ok = not_sole_admin(tx, *account); !ok) return ok.error();
    audit(tx, who, "user_delete", {.namespace_id = account->id}, {{"username", account->name}});
    store::retire_account(tx, *account, now_ms());
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<store::Account>> ProfileService::convert(auth::Principal who, Result<Conversion> wanted) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  if (tools_.settings.authentication_type != "Database") co_return not_found();
  if (!wanted) co_return wanted.error();
  Error wrong = invalid("The admin user's name or password is not right");
  wrong.extra = R"({"reason": "invaliduser"})";
  const auto outcome = co_await tools_.logins.login(wanted->admin_user, wanted->admin_password, who.address);
  if (!outcome.who && outcome.who.error().code == Errc::too_many_attempts) co_return outcome.who.error();
  const auto admin = person_of(outcome);
  if (!admin || admin->account_id == who.account_id) co_return wrong;
  auto job = [who, admin = *admin, wrong](db::Tx& tx) -> Result<store::Account> {
    store::lock_account_names(tx, who.name, admin.name);
    const auto user = store::find_account(tx, who.account_id);
    if (!user || user->name != who.name || user->kind != store::AccountKind::user) return gone();
    const auto taker = store::find_account(tx, admin.account_id);
    if (!taker || taker->kind != store::AccountKind::user || !taker->enabled) return wrong;
    if (auto ok = convert_to_organization(tx, *user, taker->id); !ok) return ok.error();
    audit(tx, who, "account_convert", {.namespace_id = user->id}, {{"namespace", user->name}, {"admin", taker->name}});
    return *taker;
  };
  co_return co_await tools_.db.write(std::move(job));
}

Result<void> convert_to_organization(db::Tx& tx, const store::Account& user, std::int64_t admin_id) {
  if (auto ok = not_sole_admin(tx, user); !ok) return ok;
  store::turn_into_organization(tx, user);
  const store::Team owners{.organization_id = user.id, .name = "owners", .role = store::kTeamAdmin, .description = {}};
  store::add_team_member(tx, store::insert_team(tx, owners, now_ms()), admin_id);
  return {};
}

awaitable<Result<std::string>> ProfileService::client_key(auth::Principal who, Result<std::string> password) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  if (!password) co_return password.error();
  const auto wrong = invalid("Invalid Username or Password");
  // An encrypted password is good for logging in, not for being encrypted again.
  if (auth::EncryptedPasswords::looks_encrypted(*password)) co_return wrong;
  const auto outcome = co_await tools_.logins.login(who.name, *password, who.address);
  if (!outcome.who && outcome.who.error().code == Errc::too_many_attempts) co_return outcome.who.error();
  const auto person = person_of(outcome);
  if (!person || person->account_id != who.account_id) co_return wrong;
  auto job = [who](db::Tx& tx) -> Result<bool> {
    audit(tx, who, "user_generate_client_key", {.namespace_id = who.account_id});
    return true;
  };
  auto logged = co_await tools_.db.write(std::move(job));
  if (!logged) co_return logged.error();
  co_return tools_.encrypted.make(person->name, *password);
}

}  // namespace wharf::service
