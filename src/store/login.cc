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
