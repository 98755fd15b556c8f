#include "store/app_token.h"

namespace wharf::store {
namespace {

#define WHARF_APP_TOKEN_COLUMNS \
  "SELECT id, uuid, title, prefix, sealed_secret, created_ms, expires_ms, last_accessed_ms FROM app_token "

}  // namespace

void insert_app_token(db::Tx& tx, const NewAppToken& wanted, Millis now) {
  static const db::Query kInsert{"app_token.insert", R"(
    INSERT INTO app_token (uuid, account_id, title, prefix, sealed_secret, created_ms, expires_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7))"};
  tx.run(kInsert, wanted.uuid, wanted.account_id, wanted.title, wanted.prefix, wanted.sealed_secret, now,
         wanted.expires_ms);
}

std::vector<AppToken> list_app_tokens(db::Tx& tx, const AppTokenSpan& span) {
  static const db::Query kOwn{"app_token.list", WHARF_APP_TOKEN_COLUMNS
                              "WHERE account_id = $1 AND expires_ms > $2 AND expires_ms <= $3 ORDER BY id"};
  static const db::Query kAll{"app_token.list_all",
                              WHARF_APP_TOKEN_COLUMNS "WHERE expires_ms > $1 AND expires_ms <= $2 ORDER BY id"};
  if (span.account_id) return tx.all<AppToken>(kOwn, *span.account_id, span.after_ms, span.until_ms);
  return tx.all<AppToken>(kAll, span.after_ms, span.until_ms);
}

std::optional<AppToken> find_own_app_token(db::Tx& tx, std::int64_t account_id, std::string_view uuid) {
  static const db::Query kFind{"app_token.find_own", WHARF_APP_TOKEN_COLUMNS "WHERE uuid = $2 AND account_id = $1"};
  if (!db::is_storable_text(uuid)) return std::nullopt;
  return tx.one<AppToken>(kFind, account_id, uuid);
}

void delete_app_token(db::Tx& tx, std::int64_t token_id) {
  static const db::Query kDelete{"app_token.delete", "DELETE FROM app_token WHERE id = $1"};
  tx.run(kDelete, token_id);
}

std::int64_t delete_expired_app_tokens(db::Tx& tx, Millis before_ms, std::int64_t limit) {
  static const db::Query kDelete{"app_token.delete_expired", R"(
    DELETE FROM app_token
     WHERE id IN (SELECT id FROM app_token WHERE expires_ms < $1 ORDER BY expires_ms LIMIT $2))"};
  return tx.run(kDelete, before_ms, limit);
}

}  // namespace wharf::store
