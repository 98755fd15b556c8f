#include "store/email_code.h"

#include "base/names.h"

namespace wharf::store {
namespace {}  // namespace

void insert_email_code(db::Tx& tx, std::string_view code_hash, const EmailCode& code, Millis now) {
  static const db::Query kInsert{"email_code.insert", R"(
    INSERT INTO email_code (code_hash, kind, account_id, email, created_ms, expires_ms)
    VALUES ($1, $2, $3, $4, $5, $6))"};
  auto email = code.email;
  if (email) email = lower_ascii(*email);
  tx.run(kInsert, code_hash, code.kind, code.account_id, email, now, code.expires_ms);
}

std::optional<EmailCode> take_email_code(db::Tx& tx, std::string_view code_hash, bool recover) {
  static const db::Query kFind{"email_code.find", R"(
    SELECT kind, account_id, email, expires_ms FROM email_code
     WHERE code_hash = $1 AND (kind = 'recover') = $2)"};
  static const db::Query kDelete{"email_code.delete", "DELETE FROM email_code WHERE code_hash = $1"};
  auto code = tx.one<EmailCode>(kFind, code_hash, recover);
  // Of two who come with the same code at once, one deletes it.
  if (code && tx.run(kDelete, code_hash) == 0) return std::nullopt;
  return code;
}

std::int64_t count_email_codes(db::Tx& tx, std::int64_t account_id, EmailCodeKind kind, Millis now) {
  static const db::Query kCount{"email_code.count", R"(
    SELECT count(*) FROM email_code WHERE account_id = $1 AND kind = $2 AND expires_ms > $3)"};
  return tx.get<std::int64_t>(kCount, account_id, kind, now);
}

void delete_email_codes(db::Tx& tx, std::int64_t account_id, EmailCodeKind kind) {
  static const db::Query kDelete{"email_code.delete_of", "DELETE FROM email_code WHERE account_id = $1 AND kind = $2"};
  tx.run(kDelete, account_id, kind);
}

std::optional<std::int64_t> find_unverified_user(db::Tx& tx, std::string_view email) {
  static const db::Query kFind{"email_code.find_unverified", R"(
    SELECT a.id FROM email_code c JOIN account a ON a.id = c.account_id
     WHERE c.email = $1 AND c.kind = 'confirm' AND a.kind = 'user' AND NOT a.verified AND a.enabled
       AND a.deleted_ms IS NULL
     ORDER BY c.created_ms DESC, a.id DESC LIMIT 1)"};
  return tx.one<std::int64_t>(kFind, lower_ascii(email));
}

void delete_old_email_codes(db::Tx& tx, Millis before) {
  static const db::Query kDelete{"email_code.delete_old", R"(
    DELETE FROM email_code WHERE code_hash IN
      (SELECT code_hash FROM email_code WHERE expires_ms < $1 AND kind <> 'confirm' ORDER BY expires_ms LIMIT 100))"};
  tx.run(kDelete, before);
}

}  // namespace wharf::store
