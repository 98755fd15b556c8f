#include "store/token.h"

#include "base/random.h"

namespace wharf::store {
namespace {

#define WHARF_TOKEN_COLUMNS                                                                       \
  "SELECT t.id, t.uuid, t.name, t.scope, t.expires_ms, t.created_ms, t.last_accessed_ms, a.name " \
  "  FROM oauth_token t JOIN account a ON a.id = t.account_id "

#define WHARF_AUTHORIZATION_COLUMNS                                                                          \
  "SELECT t.id, t.uuid, t.scope, t.name, p.id, p.name, p.description, p.application_uri, "                   \
  "       p.avatar_email, o.name, CASE WHEN o.kind = 'organization' THEN o.contact_email ELSE o.email END, " \
  "       o.kind = 'organization' "                                                                          \
  "  FROM oauth_token t LEFT JOIN oauth_application p ON p.id = t.application_id "                           \
  "                     LEFT JOIN account o ON o.id = p.organization_id "

}  // namespace

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
           COALESCE(p.client_id, ''), COALESCE(p.name, ''), a.id, a.kind, a.name, a.enabled, a.superuser
      FROM oauth_token t JOIN account a ON a.id = t.account_id
                         LEFT JOIN oauth_application p ON p.id = t.application_id
     WHERE t.prefix = $1 AND a.deleted_ms IS NULL)"};
  return tx.one<Bearer>(kFind, prefix);
}

void touch_oauth_token(db::Tx& tx, std::int64_t token_id, Millis now) {
  static const db::Query kTouch{"oauth_token.touch", "UPDATE oauth_token SET last_accessed_ms = $2 WHERE id = $1"};
  tx.run(kTouch, token_id, now);
}

std::vector<OAuthToken> list_application_tokens(db::Tx& tx, std::int64_t application_id, Millis now,
                                                std::int64_t before_id, std::int64_t limit) {
  static const db::Query kList{"oauth_token.list", WHARF_TOKEN_COLUMNS
                               "WHERE t.application_id = $1 AND t.expires_ms > $2 AND t.id < $3 "
                               "ORDER BY t.id DESC LIMIT $4"};
  return tx.all<OAuthToken>(kList, application_id, now, before_id, limit);
}

std::optional<OAuthToken> find_application_token(db::Tx& tx, std::int64_t application_id, std::string_view uuid) {
  static const db::Query kFind{"oauth_token.find_of_application",
                               WHARF_TOKEN_COLUMNS "WHERE t.uuid = $2 AND t.application_id = $1"};
  if (!db::is_storable_text(uuid)) return std::nullopt;
  return tx.one<OAuthToken>(kFind, application_id, uuid);
}

std::int64_t count_application_tokens(db::Tx& tx, std::int64_t application_id, Millis now) {
  static const db::Query kCount{"oauth_token.count",
                                "SELECT count(*) FROM oauth_token WHERE application_id = $1 AND expires_ms > $2"};
  return tx.get<std::int64_t>(kCount, application_id, now);
}

void delete_oauth_token(db::Tx& tx, std::int64_t token_id) {
  static const db::Query kDelete{"oauth_token.delete", "DELETE FROM oauth_token WHERE id = $1"};
  tx.run(kDelete, token_id);
}

void delete_oauth_token(db::Tx& tx, std::string_view uuid) {
  static const db::Query kDelete{"oauth_token.delete_by_uuid", "DELETE FROM oauth_token WHERE uuid = $1"};
  tx.run(kDelete, uuid);
}

std::vector<Authorization> list_authorizations(db::Tx& tx, std::int64_t account_id, Millis now, std::int64_t limit) {
  static const db::Query kList{"authorization.list", WHARF_AUTHORIZATION_COLUMNS
                               "WHERE t.account_id = $1 AND t.expires_ms > $2 ORDER BY t.id DESC LIMIT $3"};
  return tx.all<Authorization>(kList, account_id, now, limit);
}

std::optional<Authorization> find_authorization(db::Tx& tx, std::int64_t account_id, std::string_view uuid) {
  static const db::Query kFind{"authorization.find",
                               WHARF_AUTHORIZATION_COLUMNS "WHERE t.uuid = $2 AND t.account_id = $1"};
  if (!db::is_storable_text(uuid)) return std::nullopt;
  return tx.one<Authorization>(kFind, account_id, uuid);
}

std::vector<std::string> list_granted_scopes(db::Tx& tx, std::int64_t application_id, std::int64_t account_id,
                                             Millis now) {
  static const db::Query kList{"authorization.scopes", R"(
    SELECT DISTINCT scope FROM oauth_token
     WHERE account_id = $2 AND application_id = $1 AND name IS NULL AND expires_ms > $3)"};
  return tx.all<std::string>(kList, application_id, account_id, now);
}

void delete_web_grants(db::Tx& tx, std::int64_t application_id, std::int64_t account_id) {
  static const db::Query kTokens{"authorization.delete_tokens", R"(
    DELETE FROM oauth_token WHERE account_id = $2 AND application_id = $1 AND name IS NULL)"};
  static const db::Query kCodes{"authorization.delete_codes",
                                "DELETE FROM oauth_code WHERE account_id = $2 AND application_id = $1"};
  tx.run(kCodes, application_id, account_id);
  tx.run(kTokens, application_id, account_id);
}

std::int64_t delete_expired_oauth_tokens(db::Tx& tx, Millis before_ms, std::string_view except, std::int64_t limit) {
  static const db::Query kDelete{"oauth_token.delete_expired", R"(
    DELETE FROM oauth_token
     WHERE id IN (SELECT t.id FROM oauth_token t
                   WHERE t.expires_ms < $1
                     AND NOT EXISTS (SELECT 1 FROM oauth_application p WHERE p.id = t.application_id AND p.name = $2)
                   ORDER BY t.expires_ms LIMIT $3))"};
  return tx.run(kDelete, before_ms, except, limit);
}

}  // namespace wharf::store
