#pragma once
#include <atomic>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/encrypted_password.h"
#include "auth/password.h"
#include "auth/principal.h"
#include "auth/secret_box.h"
#include "base/async.h"
#include "base/error.h"
#include "db/database.h"
#include "service/lru.h"
#include "service/settings.h"
#include "service/throttle.h"
#include "store/login.h"

namespace wharf::service {

class UserService;

/// How a login ended.
struct LoginOutcome {
  /// Errors: unauthenticated with the reason in words for the client; too_many_attempts with when to try again.
  Result<auth::Principal> who;
  std::string account_uuid{};  ///< Of a person, when the password was checked: a new password makes it a new one.
};

/// An app specific token is 120 characters: this many are kept in clear, the others sealed.
inline constexpr std::size_t kAppTokenPrefix = 60;
/// The context under which a SecretBox seals the secret half of an app specific token.
std::string app_token_context(std::string_view token_uuid);

/// Who is behind a name and a password, as HTTP Basic sends them to the registry.
///
///   name or e-mail | password, or an encrypted one     | the user
///   acme+ci        | the robot's token, or what         | the robot
///                  | FederationService::exchange gave   |
///   $oauthtoken    | an OAuth access token              | its user, capped by the token's scopes
///   $app           | an app specific token              | its user
///
/// Wrong passwords are counted in the account's row, so that every node knows of them, and each makes the next attempt
/// wait longer (throttle.h); until then even the right one is refused. Attempts on one account follow one another, and
/// of attempts at several nodes at once one goes on, so that many at once gain nothing. A name that nobody has costs
/// what a wrong password costs, and waits like one; that, and what an address has failed, every node knows too. Tokens
/// are random and long: they are neither counted nor throttled. Source: Quay, "credentials accepted" by the token
/// service.
class LoginService {
 public:
  /// All must outlive the service. `pool` runs bcrypt (200 ms each): give it threads that nothing urgent waits for.
  struct Parts {
    db::Database& db;
    const Settings& settings;
    UserService& users;
    boost::asio::thread_pool& pool;
    const auth::SecretBox& secrets;  ///< That which seals robot and app tokens.
    const auth::EncryptedPasswords& encrypted;
    /// Of the names under which failures are kept; the same on every node. Null: one of this process.
    const auth::SecretKey* key = nullptr;
  };
  explicit LoginService(Parts parts);
  /// Waits for what still runs on the pool.
  ~LoginService();
  LoginService(const LoginService&) = delete;
  LoginService& operator=(const LoginService&) = delete;

  /// `peer` is the client's address. Cost: one indexed row when the password was right lately (auth::PasswordCache),
  /// else bcrypt on the pool. Writes nothing for a success, but for the time of last use, at most every
  /// `last_use_threshold_ms`.
  awaitable<LoginOutcome> login(std::string username, std::string password, std::string peer);
  /// The same for the web: a user's own password and nothing in its place. An encrypted one is for the configuration
  /// of clients, where others may find it: it is as good as a wrong one here.
  awaitable<LoginOutcome> sign_in(std::string username, std::string password, std::string peer);

 private:
  using Lane = boost::asio::strand<boost::asio::thread_pool::executor_type>;
  struct Attempt {
    std::int64_t account_id = 0;  ///< 0: nobody has the name.
    std::string name;             ///< As it was typed.
    std::string password;
    std::string name_key;
    std::string address_key;  ///< "": not counted.
  };
  struct Verdict {
    Millis wait_ms = 0;
    bool right = false;
    bool counted = false;  ///< As a failure, ahead of time.
    std::optional<store::LoginRow> row;
  };

  awaitable<LoginOutcome> person(std::string username, std::string password, std::string peer);
  awaitable<LoginOutcome> robot(std::string username, std::string token);
  awaitable<LoginOutcome> app_token(std::string token);
  awaitable<LoginOutcome> oauth_token(std::string token);

  /// `judge` on the lane, one attempt after the other; the failure is in the row when the next one's turn comes.
  awaitable<Verdict> in_turn(Lane lane, Attempt attempt);
  Verdict judge(const Attempt& attempt);
  bool claim(const Attempt& attempt, std::int64_t failures);
  void count_failure(const Attempt& attempt, const Verdict& verdict, Millis at);
  void touch(const store::LoginRow& row, std::string token_uuid);

  struct Busy;
  Parts parts_;
  const auth::SecretKey key_;
  auth::PasswordCache passwords_;
  NameThrottle names_;
  AddressThrottle addresses_;
  std::vector<Lane> lanes_;
  std::mutex touched_mutex_;
  Lru<Millis> touched_{10'000};
  std::atomic<int> waiting_ = 0;  ///< Attempts that wait for bcrypt.
  std::atomic<int> running_ = 0;  ///< Jobs that use this object from the pool.
};

}  // namespace wharf::service
