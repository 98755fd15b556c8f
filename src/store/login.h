#pragma once
#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

namespace wharf::store {

/// What a login needs to know of an account: of the person, or of the robot and its owner.
struct LoginRow {
  std::int64_t id = 0;
  std::string uuid;
  std::string kind;  ///< "user", "organization" or "robot".
  std::string name;
  bool enabled = false;
  bool superuser = false;
  std::optional<std::string> password_hash;
  std::optional<std::string> sealed_token;  ///< A robot's.
  int failed_logins = 0;
  Millis last_failed_login_ms = 0;
  Millis last_accessed_ms = 0;  ///< 0: never.
  bool owner_usable = true;     ///< A robot's owner is enabled and not deleted; true for all others.
};
BOOST_DESCRIBE_STRUCT(LoginRow, (),
                      (id, uuid, kind, name, enabled, superuser, password_hash, sealed_token, failed_logins,
                       last_failed_login_ms, last_accessed_ms, owner_usable))

/// The account that has this name; nothing for deleted ones.
std::optional<LoginRow> find_login(db::Tx& tx, const std::string& name);
std::optional<LoginRow> find_login_by_id(db::Tx& tx, std::int64_t account_id);

/// One more wrong password.
void count_failed_login(db::Tx& tx, std::int64_t account_id, Millis now);
/// The right password at last.
void reset_failed_logins(db::Tx& tx, std::int64_t account_id);
/// One more wrong password ahead of time, if `failures` is still the count: of many who try at once, on any node, one
/// goes on.
bool claim_login(db::Tx& tx, std::int64_t account_id, std::int64_t failures, Millis now);

/// Failed logins under a name that nobody has, or from an address.
struct SignInFailure {
  std::string key;
  int failures = 0;
  Millis at_ms = 0;  ///< A name: of the last one. An address: when all will be forgiven.
};
BOOST_DESCRIBE_STRUCT(SignInFailure, (), (key, failures, at_ms))

std::vector<SignInFailure> find_sign_in_failures(db::Tx& tx, const std::string& name_key,
                                                 const std::string& address_key);
/// claim_login for a name that nobody has.
bool claim_sign_in(db::Tx& tx, const std::string& name_key, std::int64_t failures, Millis now);
void count_sign_in_failure(db::Tx& tx, const std::string& name_key, Millis now);
/// One more failure, which is forgiven `refill_ms` after those before it.
void charge_address(db::Tx& tx, const std::string& address_key, Millis now, Millis refill_ms);
/// Deletes those since before then, 500 at most.
void forget_sign_in_failures(db::Tx& tx, Millis before);

/// Notes that the account was used, unless that was noted since `unless_since`.
void touch_account(db::Tx& tx, std::int64_t account_id, Millis now, Millis unless_since);

/// An app specific token with the user it belongs to.
struct AppTokenRow {
  std::string token_uuid;
  std::string sealed_secret;
  Millis expires_ms = 0;
  std::int64_t account_id = 0;
};
BOOST_DESCRIBE_STRUCT(AppTokenRow, (), (token_uuid, sealed_secret, expires_ms, account_id))

/// By the part of the token that is kept in clear.
std::optional<AppTokenRow> find_app_token(db::Tx& tx, const std::string& prefix);
void touch_app_token(db::Tx& tx, const std::string& token_uuid, Millis now, Millis unless_since);

}  // namespace wharf::store
