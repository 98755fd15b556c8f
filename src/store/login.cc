#include "store/login.h"

namespace wharf::store {
namespace {

#define WHARF_LOGIN_COLUMNS                                                                           \
  "SELECT a.id, a.uuid, a.kind, a.name, a.enabled, a.superuser, a.password_hash, "                    \
  "       a.sealed_token, a.failed_logins, a.last_failed_login_ms, COALESCE(a.last_accessed_ms, 0), " \
  "       (a.owner_id IS NULL OR (o.enabled AND o.deleted_ms IS NULL)) "                              \
  "  FROM account a LEFT JOIN account o ON o.id = a.owner_id "                                        \
  " WHERE a.deleted_ms IS NULL "

}  // namespace

std::optional<LoginRow> find_login(db::Tx& tx, const std::string& name) {
  static const db::Query kFind{"login.find", WHARF_LOGIN_COLUMNS "AND a.name = $1"};
  return tx.one<LoginRow>(kFind, name);
}

std::optional<LoginRow> find_login_by_id(db::Tx& tx, std::int64_t account_id) {
  static const db::Query kFind{"login.find_by_id", WHARF_LOGIN_COLUMNS "AND a.id = $1"};
  return tx.one<LoginRow>(kFind, account_id);
}

void count_failed_login(db::Tx& tx, std::int64_t account_id, Millis now) {
  static const db::Query kCount{"login.count_failure", R"(
    UPDATE account SET failed_logins = failed_logins + 1, last_failed_login_ms = $2 WHERE id = $1)"};
  tx.run(kCount, account_id, now);
}

void reset_failed_logins(db::Tx& tx, std::int64_t account_id) {
  static const db::Query kReset{"login.reset_failures", R"(
    UPDATE account SET failed_logins = 0 WHERE id = $1 AND failed_logins <> 0)"};
  tx.run(kReset, account_id);
}

bool claim_login(db::Tx& tx, std::int64_t account_id, std::int64_t failures, Millis now) {
  static const db::Query kClaim{"login.claim", R"(
    UPDATE account SET failed_logins = failed_logins + 1, last_failed_login_ms = $3
     WHERE id = $1 AND failed_logins = $2)"};
  return tx.run(kClaim, account_id, failures, now) > 0;
}

std::vector<SignInFailure> find_sign_in_failures(db::Tx& tx, const std::string& name_key,
                                                 const std::string& address_key) {
  static const db::Query kFind{"login.find_failures", R"(
    SELECT key, failures, at_ms FROM sign_in_failure WHERE key IN ($1, $2))"};
  return tx.all<SignInFailure>(kFind, name_key, address_key);
}

bool claim_sign_in(db::Tx& tx, const std::string& name_key, std::int64_t failures, Millis now) {
  static const db::Query kClaim{"login.claim_name", R"(
    UPDATE sign_in_failure SET failures = failures + 1, at_ms = $3 WHERE key = $1 AND failures = $2)"};
  return tx.run(kClaim, name_key, failures, now) > 0;
}

void count_sign_in_failure(db::Tx& tx, const std::string& name_key, Millis now) {
  static const db::Query kCount{"login.count_name", R"(
    INSERT INTO sign_in_failure (key, failures, at_ms) VALUES ($1, 1, $2)
        ON CONFLICT (key) DO UPDATE SET failures = sign_in_failure.failures + 1, at_ms = $2)"};
  tx.run(kCount, name_key, now);
}

void charge_address(db::Tx& tx, const std::string& address_key, Millis now, Millis refill_ms) {
  static const db::Query kCharge{"login.charge_address", R"(
    INSERT INTO sign_in_failure (key, failures, at_ms) VALUES ($1, 1, $2 + $3)
        ON CONFLICT (key) DO UPDATE SET failures = sign_in_failure.failures + 1,
           at_ms = CASE WHEN sign_in_failure.at_ms > $2 THEN sign_in_failure.at_ms ELSE $2 END + $3)"};
  tx.run(kCharge, address_key, now, refill_ms);
}

void forget_sign_in_failures(db::Tx& tx, Millis before) {
  static const db::Query kForget{"login.forget_failures", R"(
    DELETE FROM sign_in_failure WHERE key IN (
      SELECT key FROM sign_in_failure WHERE at_ms < $1 ORDER BY at_ms LIMIT 500))"};
  tx.run(kForget, before);
}

void touch_account(db::Tx& tx, std::int64_t account_id, Millis now, Millis unless_since) {
  static const db::Query kTouch{"login.touch", R"(
    UPDATE account SET last_accessed_ms = $2
     WHERE id = $1 AND (last_accessed_ms IS NULL OR last_accessed_ms < $3))"};
  tx.run(kTouch, account_id, now, unless_since);
}

std::optional<AppTokenRow> find_app_token(db::Tx& tx, const std::string& prefix) {
  static const db::Query kFind{"app_token.find", R"(
    SELECT uuid, sealed_secret, expires_ms, account_id FROM app_token WHERE prefix = $1)"};
  return tx.one<AppTokenRow>(kFind, prefix);
}

void touch_app_token(db::Tx& tx, const std::string& token_uuid, Millis now, Millis unless_since) {
  static const db::Query kTouch{"app_token.touch", R"(
    UPDATE app_token SET last_accessed_ms = $2
     WHERE uuid = $1 AND (last_accessed_ms IS NULL OR last_accessed_ms < $3))"};
  tx.run(kTouch, token_uuid, now, unless_since);
}

}  // namespace wharf::store
