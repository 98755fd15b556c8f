// Signing up: the part of ProfileService that is open to everybody.
#include <algorithm>

#include "auth/password.h"
#include "base/digest.h"
#include "base/names.h"
#include "service/account_mail.h"
#include "service/audit.h"
#include "service/conflict.h"
#include "service/profile.h"
#include "store/invitation.h"
#include "store/team.h"

namespace wharf::service {
namespace {

constexpr int kMostAtOnce = 32;  // 6 s of bcrypt on one core

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }

/// One of the few who sign up at this moment.
class Turn {
 public:
  explicit Turn(std::atomic<int>& count) : count_(count), got_(count.fetch_add(1) < kMostAtOnce) {}
  ~Turn() { count_.fetch_sub(1); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool got() const { return got_; }

 private:
  std::atomic<int>& count_;
  const bool got_;
};

/// The invitation by mail with this code if it was sent to `email`.
std::optional<store::Invitation> find_invitation(db::Tx& tx, const std::string& code,
                                                 const std::optional<std::string>& email) {
  if (code.empty() || !email) return std::nullopt;
  const auto hash = std::string(Digest::of(code).hex());
  const auto before = store::find_invitation(tx, hash);
  if (!before || before->email != lower_ascii(*email)) return std::nullopt;
  store::lock_organization(tx, before->organization_id);
  return store::find_invitation(tx, hash);
}

/// The new user is in every team of the organization that their address was invited into.
void accept(db::Tx& tx, const auth::Principal& who, const store::Account& account, std::int64_t organization_id) {
  for (const auto& each : store::list_invitations_of(tx, organization_id, account.id, account.email)) {
    store::add_team_member(tx, each.team_id, account.id);
    store::delete_invitation(tx, each.id);
    audit(tx, who, "org_team_member_invite_accepted", {.namespace_id = organization_id},
          {{"member", account.name}, {"team", each.team}, {"inviter", each.inviter.value_or("")}});
  }
}

}  // namespace

bool ProfileService::is_kept_back(const std::string& name) const {
  const auto& settings = tools_.settings;
  // Whoever has such a name has its rights: it is for set-up, superusers and the command line to give.
  return settings.super_users.contains(name) || settings.read_only_super_users.contains(name) ||
         (settings.features.restricted_users && settings.restricted_whitelist.contains(name));
}

bool ProfileService::is_blacklisted(const std::string& email) const {
  if (!tools_.settings.features.blacklisted_emails) return false;
  const auto domain = lower_ascii(email.substr(email.find('@') + 1));
  return std::ranges::any_of(tools_.settings.blacklisted_email_domains, [&](const std::string& listed) {
    const auto bad = lower_ascii(listed);
    return domain == bad || domain.ends_with('.' + bad);
  });
}

Result<void> ProfileService::check_sign_up(const SignUp& wanted) const {
  const auto& features = tools_.settings.features;
  const NewUser user{.username = wanted.username, .password = wanted.password, .email = wanted.email};
  if (auto ok = tools_.users.check(user); !ok) return ok;
  if (features.mailing && !wanted.email) return invalid("Email address is required");
  if (features.invite_only_user_creation && (wanted.invite_code.empty() || !wanted.email)) {
    return invalid("Cannot create non-invited user");
  }
  if (wanted.email && is_blacklisted(*wanted.email)) {
    return invalid("Creation of a user account for this e-mail is disabled; please contact an administrator");
  }
  return {};
}

awaitable<Result<SignedUp>> ProfileService::sign_up(auth::Principal who, SignUp wanted, std::string base_url) {
  if (tools_.settings.authentication_type != "Database") co_return Error{Errc::not_found, "Not Found"};
  if (auto ok = check_sign_up(wanted); !ok) co_return ok.error();
  const Turn turn(signing_up_);
  if (!turn.got()) co_return Error{Errc::too_many_attempts, "Too many people sign up just now; try again in a minute"};
  const auto taken = invalid("The username already exists");
  // Before the hash, so that a name that is known to be taken costs little.
  auto look = [wanted](db::Tx& tx) {
    const auto holder = store::find_account(tx, wanted.username);
    return holder && (holder->verified || holder->kind != store::AccountKind::user);
  };
  if (co_await tools_.db.read(std::move(look))) co_return taken;
  auto hash = [password = wanted.password] { return auth::hash_password(password); };
  const auto password_hash = co_await run_on(tools_.passwords, std::move(hash));
  auto job = [this, who, wanted, password_hash, base_url](db::Tx& tx) {
    return write_sign_up(tx, who, wanted, password_hash, base_url);
  };
  co_return co_await write_or(tools_.db, std::move(job), taken);
}

Result<SignedUp> ProfileService::write_sign_up(db::Tx& tx, const auth::Principal& who, const SignUp& wanted,
                                               const std::string& password_hash, const std::string& base_url) const {
  const auto& settings = tools_.settings;
  NewUser user{.username = wanted.username, .password = {}, .email = wanted.email};
  if (settings.features.user_metadata) user.prompts = "enter_name,enter_company";
  bool first = !store::has_users(tx);
  if (first) {
    tx.lock("first user");
    first = !store::has_users(tx);
  }
  if (first && !settings.listens_on_loopback_only && !settings.features.user_initialize) {
    return invalid("The first user is made with the set-up code that the server printed when it started");
  }
  if (!first && is_kept_back(user.username)) return invalid("The username already exists");
  user.superuser = first && settings.super_users.empty();

  const auto invitation = find_invitation(tx, wanted.invite_code, wanted.email);
  if (settings.features.invite_only_user_creation && !invitation && !first) {
    return invalid("Cannot create non-invited user");
  }
  const bool shown = !settings.features.mailing || invitation || first;
  const bool used = wanted.email && store::find_user_by_email(tx, *wanted.email);
  // The address is theirs when they have shown that they read its mail, and only then.
  const bool awaiting = !shown || (used && settings.features.mailing);
  if (awaiting) {
    user.email.reset();
    user.verified = false;
  }
  auto account = tools_.users.insert(tx, user, password_hash);
  if (!account) return account.error();
  auto self = tools_.users.principal_of(*account);
  self.address = who.address;
  json::Object metadata{{"username", account->name}, {"email", wanted.email.value_or("")}};
  if (user.superuser) metadata["superuser"] = true;
  audit(tx, self, "user_create", {.namespace_id = account->id}, std::move(metadata));
  if (awaiting) {
    queue_confirmation(tools_, tx, *account, *wanted.email, !used, base_url);
  } else if (invitation) {
    accept(tx, self, *account, invitation->organization_id);
  }
  return SignedUp{.account = std::move(*account), .awaiting_verification = awaiting};
}

awaitable<Result<UserView>> ProfileService::view_new(store::Account account) {
  auto job = [this, account](db::Tx& tx) -> Result<UserView> {
    return tools_.users.view_of(tx, tools_.users.principal_of(account), account);
  };
  co_return co_await tools_.db.read(std::move(job));
}

}  // namespace wharf::service
