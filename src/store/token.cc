#include "store/token.h"

#include "base/random.h"

namespace wharf::store {

std::int64_t insert_application(db::Tx& tx, const NewApplication& wanted, Millis now) {
  static const db::Query kInsert{"application.insert", R"(
    INSERT INTO oauth_application (organization_id, client_id, name, description, sealed_secret, created_ms)
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING id)"};
  return tx.get<std::int64_t>(kInsert, wanted.namespace_id, wanted.client_id, wanted.name, wanted.description,
                              wanted.sealed_secret, now);
}

std::optional<std::int64_t> find_application(db::Tx& tx, std::int64_t namespace_id, std::string_view name) {
  static const db::Query kFind{"application.find",
                               "SELECT min(id) FROM oauth_application WHERE organization_id = $1 AND name = $2"};
  return tx.get<std::optional<std::int64_t>>(kFind, namespace_id, name);
}

std::string insert_oauth_token(db::Tx& tx, const NewOAuthToken& wanted, Millis now) {
  static const db::Query kInsert{"oauth_token.insert", R"(
    INSERT INTO oauth_token (uuid, application_id, account_id, name, prefix, secret_hash, scope, created_ms, expires_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))"};
  auto uuid = random_uuid();
  tx.run(kInsert, uuid, wanted.application_id, wanted.account_id, wanted.name, wanted.prefix, wanted.secret_hash,
         wanted.scope, now, wanted.expires_ms);
  return uuid;
}

std::optional<Bearer> find_bearer(db::Tx& tx, std::string_view prefix) {
  static const db::Query kFind{"oauth_token.find", R"(
    SELECT t.id, t.uuid, t.secret_hash, t.scope, t.expires_ms, t.last_accessed_ms,
           a.id, a.kind, a.name, a.enabled, a.superuser
      FROM oauth_token t JOIN account a ON a.id = t.account_id
     WHERE t.prefix = $1 AND a.deleted_ms IS NULL)"};
  return tx.one<Bearer>(kFind, prefix);
}

void touch_oauth_token(db::Tx& tx, std::int64_t token_id, Millis now) {
  static const db::Query kTouch{"oauth_token.touch", "UPDATE oauth_token SET last_accessed_ms = $2 WHERE id = $1"};
  tx.run(kTouch, token_id, now);
}

}  // namespace wharf::store
