#include "service/login.h"

#include "base/hex.h"
#include "base/log.h"
#include "base/names.h"
#include "base/secret.h"
#include "service/free_slips.h"
#include "service/robot_login.h"
#include "service/user.h"
#include "store/account.h"
#include "store/federation.h"

namespace wharf::service {
namespace {

constexpr std::string_view kWrong = "Invalid Username or Password";
constexpr std::string_view kDisabled = "This user has been disabled. Please contact your administrator.";
constexpr std::string_view kBadAppToken = "Invalid token";
constexpr std::size_t kLanes = 64;
constexpr int kMostWaiting = 512;  // 100 s of bcrypt on one core: past it there is no use in waiting
constexpr std::size_t kLongestName = 255;
constexpr std::size_t kAppTokenLength = 120;
constexpr Millis kForgottenAfterMs = 3'600'000;
constexpr Millis kCleanEvery = 32;  // about one failure of so many deletes old ones

LoginOutcome refused(std::string_view why) { return {Error{Errc::unauthenticated, std::string(why)}}; }

LoginOutcome too_many(Millis wait_ms) {
  Error error{Errc::too_many_attempts, "Too many login attempts. Please try again later."};
  error.retry_after_s = (wait_ms + 999) / 1000;
  return {std::move(error)};
}

/// The part of an account that says who it is.
store::Account account_of(const store::LoginRow& row) {
  store::Account account;
  account.id = row.id;
  account.uuid = row.uuid;
  account.kind = row.kind == "robot" ? store::AccountKind::robot : store::AccountKind::user;
  account.name = row.name;
  account.superuser = row.superuser;
  return account;
}

/// Whether the row is of somebody who has a password at all.
bool has_password(const store::LoginRow& row) { return row.kind == "user" && row.password_hash; }

}  // namespace

std::string app_token_context(std::string_view token_uuid) { return "app-token:" + std::string(token_uuid); }

/// Keeps the destructor waiting while a job on the pool uses the service.
struct LoginService::Busy {
  explicit Busy(LoginService& service) : running(&service.running_) { running->fetch_add(1); }
  Busy(Busy&& other) noexcept : running(std::exchange(other.running, nullptr)) {}
  Busy(const Busy& other) : running(other.running) {
    if (running) running->fetch_add(1);
  }
  Busy& operator=(Busy) = delete;
  ~Busy() {
    if (running && running->fetch_sub(1) == 1) running->notify_all();
  }
  std::atomic<int>* running;
};

LoginService::LoginService(Parts parts)
    : parts_(parts), key_(parts.key ? parts.key->derive("sign-in names") : auth::SecretKey::make()) {
  lanes_.reserve(kLanes);
  for (std::size_t i = 0; i < kLanes; ++i) lanes_.push_back(boost::asio::make_strand(parts_.pool));
}

LoginService::~LoginService() {
  for (int left = running_.load(); left != 0; left = running_.load()) running_.wait(left);
}

awaitable<LoginOutcome> LoginService::login(std::string username, std::string password, std::string peer) {
  if (username == "$app") co_return co_await app_token(std::move(password));
  if (username == "$oauthtoken") co_return co_await oauth_token(std::move(password));
  const bool is_email = username.find('@') != std::string::npos;
  if (!is_email && username.find('+') != std::string::npos)
    co_return co_await robot(std::move(username), std::move(password));
  co_return co_await person(std::move(username), std::move(password), std::move(peer));
}

awaitable<LoginOutcome> LoginService::sign_in(std::string username, std::string password, std::string peer) {
  if (auth::EncryptedPasswords::looks_encrypted(password)) password.clear();  // nobody's, at the price of a wrong one
  co_return co_await person(std::move(username), std::move(password), std::move(peer));
}

awaitable<LoginOutcome> LoginService::person(std::string username, std::string password, std::string peer) {
  const auto now = now_ms();
  if (const auto wait = addresses_.wait_ms(peer, now); wait > 0) co_return too_many(wait);
  if (username.size() > kLongestName) username.resize(kLongestName);  // nobody has it, and it is not kept longer

  std::optional<store::LoginRow> row;
  const auto name_key = "name:" + to_hex(key_.derive(username).view());
  const auto address = throttle_key(peer);
  const auto address_key = address.empty() ? std::string() : "address:" + address;
  Millis wait = names_.wait_ms(username, now);
  if (db::is_storable_text(username)) {
    auto find = [&](db::Tx& tx) -> std::optional<store::LoginRow> {
      for (const auto& failure : store::find_sign_in_failures(tx, name_key, address_key)) {
        wait = std::max(wait, failure.key == name_key
                                  ? backoff_left_ms(failure.failures - free_slips(username), failure.at_ms, now)
                                  : AddressThrottle::wait_left_ms(failure.at_ms, now));
      }
      if (username.find('@') == std::string::npos) return store::find_login(tx, username);
      const auto user = store::find_user_by_email(tx, username);
      return user ? store::find_login_by_id(tx, user->id) : std::nullopt;
    };
    row = co_await parts_.db.lookup(std::move(find));
  }
  if (row && !has_password(*row)) row.reset();

  if (row) wait = std::max(wait, backoff_left_ms(row->failed_logins, row->last_failed_login_ms, now));
  if (wait > 0) co_return too_many(wait);

  bool right = false;
  if (row && row->failed_logins == 0) {
    if (auth::EncryptedPasswords::looks_encrypted(password)) {
      const auto clear = parts_.encrypted.open(row->name, password);
      right = clear && passwords_.knows(*clear, *row->password_hash);
    } else {
      right = passwords_.knows(password, *row->password_hash);
    }
  }
  if (!right) {
    Attempt attempt{row ? row->id : 0, username, std::move(password), name_key, address_key};
    const auto lane = row ? std::hash<std::int64_t>()(row->id) : std::hash<std::string>()(username);
    if (waiting_.fetch_add(1) >= kMostWaiting) {
      waiting_.fetch_sub(1);
      co_return too_many(1000);
    }
    auto verdict = co_await in_turn(lanes_[lane % kLanes], std::move(attempt));
    if (verdict.wait_ms > 0) co_return too_many(verdict.wait_ms);
    if (!verdict.right) {
      addresses_.fail(peer, now_ms());
      co_return refused(kWrong);
    }
    row = std::move(verdict.row);
  }
  if (!row->enabled) co_return refused(kDisabled);
  touch(*row, {});
  auto who = parts_.users.principal_of(account_of(*row));
  who.means = auth::Principal::Means::password;
  LoginOutcome outcome{.who = std::move(who), .account_uuid = row->uuid};
  co_return outcome;
}

awaitable<LoginService::Verdict> LoginService::in_turn(Lane lane, Attempt attempt) {
  Verdict verdict;
  std::exception_ptr thrown;
  auto start = [this, &lane, &attempt, &verdict, &thrown](auto handler) {
    auto back = boost::asio::get_associated_executor(handler);
    auto work = boost::asio::make_work_guard(back);
    auto task = [this, busy = Busy(*this), work = std::move(work), back, attempt = std::move(attempt), &verdict,
                 &thrown, handler = std::move(handler)]() mutable {
      std::optional<Verdict> failed;
      Millis failed_at = 0;
      try {
        verdict = judge(attempt);
        if (verdict.wait_ms == 0 && !verdict.right) failed = verdict;
        failed_at = now_ms();
      } catch (...) {
        thrown = std::current_exception();
      }
      waiting_.fetch_sub(1);
      boost::asio::post(back, std::move(handler));
      // Behind the answer, so that the time of a write does not tell a known name from an unknown one; still in the
      // account's turn, so that the next attempt sees it.
      if (failed) count_failure(attempt, *failed, failed_at);
    };
    boost::asio::post(lane, std::move(task));
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(start,
                                                                                      boost::asio::use_awaitable);
  if (thrown) std::rethrow_exception(thrown);
  co_return verdict;
}

LoginService::Verdict LoginService::judge(const Attempt& attempt) {
  Verdict verdict;
  verdict.wait_ms = names_.wait_ms(attempt.name, now_ms());
  if (verdict.wait_ms > 0) return verdict;
  // Once more: an attempt that was here before this one may have changed what the row says.
  int failures = 0;
  Millis last = 0;
  auto find = [&](db::Tx& tx) -> std::optional<store::LoginRow> {
    failures = 0;
    if (attempt.account_id != 0) return store::find_login_by_id(tx, attempt.account_id);
    for (const auto& failure : store::find_sign_in_failures(tx, attempt.name_key, attempt.name_key)) {
      failures = failure.failures;
      last = failure.at_ms;
    }
    return std::nullopt;
  };
  verdict.row = parts_.db.read_now(find);
  if (verdict.row && !has_password(*verdict.row)) verdict.row.reset();
  if (verdict.row) {
    failures = verdict.row->failed_logins;
    last = verdict.row->last_failed_login_ms;
  }
  const int weighed = verdict.row ? failures : failures - free_slips(attempt.name);
  verdict.wait_ms = backoff_left_ms(weighed, last, now_ms());
  if (verdict.wait_ms > 0) return verdict;
  // After a failure the next attempt counts as one before it is made: of those at several nodes at once one goes on.
  if (weighed > 0 && !parts_.settings.read_only) {
    if (!claim(attempt, failures)) {
      verdict.wait_ms = 1000;
      return verdict;
    }
    verdict.counted = true;
  }
  if (!verdict.row) {
    auth::verify_nothing(attempt.password);
    return verdict;
  }
  const auto& row = *verdict.row;

  if (auth::EncryptedPasswords::looks_encrypted(attempt.password)) {
    const auto clear = parts_.encrypted.open(row.name, attempt.password);
    // The same price when it cannot be opened, or the time would tell that somebody has this name.
    if (clear) {
      verdict.right = passwords_.verify(*clear, *row.password_hash);
    } else {
      auth::verify_nothing(attempt.password);
    }
  } else {
    verdict.right = passwords_.verify(attempt.password, *row.password_hash);
  }
  if (!verdict.right) return verdict;
  names_.forget(attempt.name);
  if (row.failed_logins != 0 && !parts_.settings.read_only) {
    auto reset = [&row](db::Tx& tx) { return store::reset_failed_logins(tx, row.id), true; };
    parts_.db.write_now(reset);
  }
  return verdict;
}

bool LoginService::claim(const Attempt& attempt, std::int64_t failures) {
  auto write = [&attempt, failures, now = now_ms()](db::Tx& tx) {
    return attempt.account_id != 0 ? store::claim_login(tx, attempt.account_id, failures, now)
                                   : store::claim_sign_in(tx, attempt.name_key, failures, now);
  };
  return parts_.db.write_now(write);
}

void LoginService::count_failure(const Attempt& attempt, const Verdict& verdict, Millis at) {
  if (!parts_.settings.read_only) {
    try {
      const bool clean = at % kCleanEvery == 0;
      auto write = [&](db::Tx& tx) {
        if (!verdict.counted && verdict.row) store::count_failed_login(tx, verdict.row->id, at);
        if (!verdict.counted && !verdict.row) store::count_sign_in_failure(tx, attempt.name_key, at);
        if (!attempt.address_key.empty()) {
          store::charge_address(tx, attempt.address_key, at, AddressThrottle::kRefillMs);
        }
        if (clean) store::forget_sign_in_failures(tx, at - kForgottenAfterMs);
        return true;
      };
      parts_.db.write_now(write);
      return;
    } catch (const std::exception& failure) {
      log::warn("a failed login could not be counted in the database", {{"reason", failure.what()}});
    }
  }
  names_.fail(attempt.name, at);
}

awaitable<LoginOutcome> LoginService::robot(std::string username, std::string token) {
  const auto name = RobotName::parse(username);
  if (!name) co_return refused(kWrong);
  const auto unknown = "Could not find robot with username: " + username + " and supplied password.";
  auto find = [&username](db::Tx& tx) { return store::find_login(tx, username); };
  const auto row = co_await parts_.db.lookup(std::move(find));
  if (!row || row->kind != "robot" || !row->sealed_token) co_return refused(unknown);
  if (looks_like_robot_login(token)) {
    const auto federated = open_robot_login(parts_.secrets, row->uuid, token, now_ms());
    if (!federated) co_return refused(unknown);
    // Who takes the rule away takes the logins with it that it gave.
    auto stands = [&row, &federated](db::Tx& tx) {
      const store::FederationRule rule{.issuer = federated->issuer, .subject = federated->subject};
      const auto rules = store::list_federation(tx, row->id);
      return std::ranges::find(rules, rule) != rules.end();
    };
    const bool good = co_await parts_.db.lookup(std::move(stands));
    if (!good) co_return refused(unknown);
  } else {
    const auto secret = parts_.secrets.open(*row->sealed_token, "robot:" + row->uuid);
    if (!secret || !same_secret(*secret, token)) co_return refused(unknown);
  }
  if (parts_.settings.robots_disallow && !parts_.settings.robots_whitelist.contains(username)) {
    co_return refused("Robot accounts have been disabled. Please contact your administrator.");
  }
  if (!row->enabled || !row->owner_usable) {
    co_return refused("Robot " + username + " owner " + name->ns + " is disabled");
  }
  touch(*row, {});
  auto who = parts_.users.principal_of(account_of(*row));
  who.means = auth::Principal::Means::robot_token;
  co_return LoginOutcome{std::move(who)};
}

awaitable<LoginOutcome> LoginService::app_token(std::string token) {
  if (!parts_.settings.features.app_specific_tokens || token.size() != kAppTokenLength ||
      !db::is_storable_text(token)) {
    co_return refused(kBadAppToken);
  }
  struct Found {
    store::AppTokenRow token;
    std::optional<store::LoginRow> row;
  };
  auto find = [&token](db::Tx& tx) -> std::optional<Found> {
    auto known = store::find_app_token(tx, token.substr(0, kAppTokenPrefix));
    if (!known) return std::nullopt;
    auto row = store::find_login_by_id(tx, known->account_id);
    return Found{std::move(*known), std::move(row)};
  };
  const auto found = co_await parts_.db.lookup(std::move(find));
  if (!found || !found->row) co_return refused(kBadAppToken);
  const auto secret = parts_.secrets.open(found->token.sealed_secret, app_token_context(found->token.token_uuid));
  if (!secret || !same_secret(*secret, std::string_view(token).substr(kAppTokenPrefix)) ||
      found->token.expires_ms <= now_ms()) {
    co_return refused(kBadAppToken);
  }
  if (!found->row->enabled) co_return refused(kDisabled);
  touch(*found->row, found->token.token_uuid);
  auto who = parts_.users.principal_of(account_of(*found->row));
  who.means = auth::Principal::Means::app_token;
  who.token_uuid = found->token.token_uuid;
  co_return LoginOutcome{std::move(who)};
}

awaitable<LoginOutcome> LoginService::oauth_token(std::string token) {
  auto who = co_await parts_.users.authenticate_bearer(std::move(token));
  if (!who) co_return refused(who.error().message);
  co_return LoginOutcome{std::move(who)};
}

void LoginService::touch(const store::LoginRow& row, std::string token_uuid) {
  if (parts_.settings.read_only) return;
  const auto now = now_ms();
  const auto before = now - parts_.settings.last_use_threshold_ms;
  {
    const std::lock_guard lock(touched_mutex_);
    auto& noted = touched_[token_uuid.empty() ? row.uuid : token_uuid];
    if (noted > before) return;
    noted = now;
  }
  auto job = [this, id = row.id, token_uuid = std::move(token_uuid), now, before] {
    auto write = [&](db::Tx& tx) {
      if (parts_.settings.features.user_last_accessed) store::touch_account(tx, id, now, before);
      if (!token_uuid.empty()) store::touch_app_token(tx, token_uuid, now, before);
      return true;
    };
    parts_.db.write_now(write);
  };
  boost::asio::post(parts_.pool, [busy = Busy(*this), job = std::move(job)] {
    try {
      job();
    } catch (const std::exception& failure) {
      // The login it belongs to was answered; a later one tries again.
      log::warn("the last use of an account could not be noted", {{"reason", failure.what()}});
    }
  });
}

}  // namespace wharf::service
