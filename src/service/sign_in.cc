// Signing in and out: the part of SessionService that sees passwords.
#include "auth/access.h"
#include "base/json.h"
#include "service/audit.h"
#include "service/login.h"
#include "service/session.h"
#include "store/profile.h"

namespace wharf::service {
namespace {

/// How people sign in here: with the registry's own accounts.
constexpr std::string_view kType = "quayauth";
constexpr std::size_t kLongestName = 255;

Error refused(std::string message, bool needs_verification) {
  Error error{Errc::denied, std::move(message)};
  error.extra = json::to_text(
      json::Object{{"needsEmailVerification", needs_verification}, {"invalidCredentials", !needs_verification}});
  return error;
}

/// The throttle's error as it is; every other one as a refusal.
Error refusal_of(const LoginOutcome& outcome) {
  const auto& error = outcome.who.error();
  return error.code == Errc::too_many_attempts ? error : refused(error.message, false);
}

json::Object login_keys(const std::string& user_agent) { return {{"type", kType}, {"useragent", user_agent}}; }

}  // namespace

awaitable<Result<SignedIn>> SessionService::sign_in(auth::Principal caller, SignIn wanted, Browser browser) const {
  const auto& settings = tools_.settings;
  auto outcome = co_await tools_.logins.sign_in(wanted.username, wanted.password, caller.address);
  if (!outcome.who) {
    if (settings.audit_login_failures && !settings.read_only) {
      co_await note_failure(caller, wanted.username, browser.user_agent, outcome.who.error().message);
    }
    co_return refusal_of(outcome);
  }
  auto who = std::move(*outcome.who);
  who.address = caller.address;
  who.request = caller.request;
  auto look = [&who, &settings, &uuid = outcome.account_uuid](db::Tx& tx) -> Result<store::Account> {
    auto account = store::find_account_by_uuid(tx, uuid);  // not with a password that was changed meanwhile
    if (!account || account->id != who.account_id || !account->enabled)
      return refused("Invalid Username or Password", false);
    if (settings.features.mailing && !account->verified) {
      return refused("Follow the link in the mail that was sent to your address first", true);
    }
    return std::move(*account);
  };
  auto account = co_await tools_.db.lookup(std::move(look));
  if (!account) co_return account.error();
  if (settings.audit_logins && !settings.read_only) {
    auto note = [who, user_agent = browser.user_agent](db::Tx& tx) {
      audit(tx, who, "login_success", {.namespace_id = who.account_id}, login_keys(user_agent));
      return true;
    };
    co_await tools_.db.write(std::move(note));
  }
  auto headers = begin(*account, browser.base_url);
  SignedIn signed_in{.who = std::move(who), .headers = std::move(headers)};
  co_return signed_in;
}

awaitable<void> SessionService::note_failure(auth::Principal caller, std::string username, std::string user_agent,
                                             std::string message) const {
  if (username.size() > kLongestName || !db::is_storable_text(username)) username.clear();
  auto note = [caller, username, user_agent, message](db::Tx& tx) {
    const bool is_email = username.find('@') != std::string::npos;
    const auto account = is_email ? store::find_user_by_email(tx, username) : store::find_account(tx, username);
    auto metadata = login_keys(user_agent);
    metadata["kind"] = "user";
    metadata["username"] = username;
    metadata["message"] = message;
    const bool user = account && account->kind == store::AccountKind::user;
    audit(tx, caller, "login_failure", {.namespace_id = user ? account->id : 0}, std::move(metadata));
    return true;
  };
  co_await tools_.db.write(std::move(note));
}

awaitable<Result<SessionHeaders>> SessionService::verify(auth::Principal who, Result<std::string> password,
                                                         Browser browser) const {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  if (!password) co_return password.error();
  const auto outcome = co_await tools_.logins.sign_in(who.name, *password, who.address);
  if (!outcome.who) co_return refusal_of(outcome);
  if (who.means != auth::Principal::Means::session) co_return SessionHeaders{};
  auto look = [&outcome](db::Tx& tx) { return store::find_account_by_uuid(tx, outcome.account_uuid); };
  const auto account = co_await tools_.db.lookup(std::move(look));
  if (!account || account->id != who.account_id || !account->enabled)
    co_return refused("Invalid Username or Password", false);
  co_return begin(*account, browser.base_url);
}

awaitable<SessionHeaders> SessionService::sign_out(auth::Principal who, Browser browser) const {
  const auto& settings = tools_.settings;
  const bool user = who.kind == auth::Principal::Kind::user;
  if (user && who.has(auth::ScopeSet::user_admin) && !settings.read_only) {
    auto job = [who, logged = settings.audit_logins, user_agent = browser.user_agent](db::Tx& tx) {
      store::end_sessions(tx, who.account_id);
      if (logged) audit(tx, who, "logout_success", {.namespace_id = who.account_id}, login_keys(user_agent));
      return true;
    };
    co_await tools_.db.write(std::move(job));
  }
  if (user && who.means != auth::Principal::Means::session) co_return SessionHeaders{};
  auto fresh = begin_anonymous(browser.base_url);
  co_return std::move(fresh.headers);
}

}  // namespace wharf::service
