#include "store/oauth.h"

#include "base/random.h"

namespace wharf::store {
namespace {

#define WHARF_ASSIGNMENT_COLUMNS                                                                           \
  "SELECT s.id, s.uuid, s.application_id, s.redirect_uri, s.scope, s.response_type, p.client_id, p.name, " \
  "       p.description, p.application_uri, p.avatar_email, o.id, o.name, o.contact_email "                \
  "  FROM oauth_assignment s JOIN oauth_application p ON p.id = s.application_id "                         \
  "                          JOIN account o ON o.id = p.organization_id "

}  // namespace

void insert_oauth_code(db::Tx& tx, const std::string& hash, const OAuthCode& code, Millis now) {
  static const db::Query kInsert{"oauth_code.insert", R"(
    INSERT INTO oauth_code (code_hash, application_id, account_id, scope, redirect_uri, challenge, created_ms,
                            expires_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8))"};
  tx.run(kInsert, hash, code.application_id, code.account_id, code.scope, code.redirect_uri, code.challenge, now,
         code.expires_ms);
}

std::optional<OAuthCode> find_oauth_code(db::Tx& tx, const std::string& hash) {
  static const db::Query kFind{"oauth_code.find", R"(
    SELECT application_id, account_id, scope, redirect_uri, challenge, token_uuid, expires_ms
      FROM oauth_code WHERE code_hash = $1)"};
  return tx.one<OAuthCode>(kFind, hash);
}

bool use_oauth_code(db::Tx& tx, const std::string& hash) {
  static const db::Query kUse{"oauth_code.use",
                              "UPDATE oauth_code SET token_uuid = '' WHERE code_hash = $1 AND token_uuid IS NULL"};
  return tx.run(kUse, hash) == 1;
}

void name_token_of_code(db::Tx& tx, const std::string& hash, const std::string& token_uuid) {
  static const db::Query kName{"oauth_code.name_token", "UPDATE oauth_code SET token_uuid = $2 WHERE code_hash = $1"};
  tx.run(kName, hash, token_uuid);
}

std::int64_t delete_expired_oauth_codes(db::Tx& tx, Millis before_ms, std::int64_t limit) {
  static const db::Query kDelete{"oauth_code.delete_expired", R"(
    DELETE FROM oauth_code
     WHERE code_hash IN (SELECT code_hash FROM oauth_code WHERE expires_ms < $1 ORDER BY expires_ms LIMIT $2))"};
  return tx.run(kDelete, before_ms, limit);
}

std::string insert_assignment(db::Tx& tx, const NewAssignment& wanted, Millis now) {
  static const db::Query kInsert{"oauth_assignment.insert", R"(
    INSERT INTO oauth_assignment (uuid, application_id, account_id, redirect_uri, scope, response_type, created_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7))"};
  auto uuid = random_uuid();
  tx.run(kInsert, uuid, wanted.application_id, wanted.account_id, wanted.redirect_uri, wanted.scope,
         wanted.response_type, now);
  return uuid;
}

std::vector<Assignment> list_assignments(db::Tx& tx, std::int64_t account_id, std::int64_t limit) {
  static const db::Query kList{"oauth_assignment.list",
                               WHARF_ASSIGNMENT_COLUMNS "WHERE s.account_id = $1 ORDER BY s.id DESC LIMIT $2"};
  return tx.all<Assignment>(kList, account_id, limit);
}

std::optional<Assignment> find_assignment(db::Tx& tx, std::int64_t account_id, std::string_view uuid) {
  static const db::Query kFind{"oauth_assignment.find",
                               WHARF_ASSIGNMENT_COLUMNS "WHERE s.uuid = $2 AND s.account_id = $1"};
  if (!db::is_storable_text(uuid)) return std::nullopt;
  return tx.one<Assignment>(kFind, account_id, uuid);
}

std::optional<Assignment> find_same_assignment(db::Tx& tx, const NewAssignment& wanted) {
  static const db::Query kFind{"oauth_assignment.find_same", WHARF_ASSIGNMENT_COLUMNS
                               "WHERE s.account_id = $1 AND s.application_id = $2 AND s.redirect_uri = $3 "
                               "  AND s.scope = $4 AND s.response_type = $5 LIMIT 1"};
  return tx.one<Assignment>(kFind, wanted.account_id, wanted.application_id, wanted.redirect_uri, wanted.scope,
                            wanted.response_type);
}

bool delete_assignment(db::Tx& tx, std::int64_t assignment_id) {
  static const db::Query kDelete{"oauth_assignment.delete", "DELETE FROM oauth_assignment WHERE id = $1"};
  return tx.run(kDelete, assignment_id) == 1;
}

}  // namespace wharf::store
