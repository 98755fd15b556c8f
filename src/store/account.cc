#include "store/account.h"

#include "base/names.h"
#include "base/random.h"
#include "store/access.h"

namespace wharf::store {
namespace {

#define WHARF_ACCOUNT_COLUMNS                                                                   \
  "SELECT id, uuid, kind, name, owner_id, email, contact_email, verified, enabled, superuser, " \
  "       password_hash IS NOT NULL, invoice_email, invoice_email_address, tag_expiration_s "   \
  "  FROM account "

}  // namespace

std::optional<Account> find_account(db::Tx& tx, std::string_view name) {
  static const db::Query kFind{"account.find", WHARF_ACCOUNT_COLUMNS "WHERE name = $1 AND deleted_ms IS NULL"};
  return tx.one<Account>(kFind, name);
}

std::optional<Account> find_account(db::Tx& tx, std::int64_t id) {
  static const db::Query kFind{"account.find_by_id", WHARF_ACCOUNT_COLUMNS "WHERE id = $1 AND deleted_ms IS NULL"};
  return tx.one<Account>(kFind, id);
}

std::optional<Account> find_account_by_uuid(db::Tx& tx, std::string_view uuid) {
  static const db::Query kFind{"account.find_by_uuid", WHARF_ACCOUNT_COLUMNS "WHERE uuid = $1 AND deleted_ms IS NULL"};
  return tx.one<Account>(kFind, uuid);
}

std::optional<Account> find_user_by_email(db::Tx& tx, std::string_view email) {
  static const db::Query kFind{"account.find_by_email",
                               WHARF_ACCOUNT_COLUMNS "WHERE email = $1 AND kind = 'user' AND deleted_ms IS NULL"};
  return tx.one<Account>(kFind, lower_ascii(email));
}

bool has_users(db::Tx& tx) {
  static const db::Query kAny{"account.any_user", "SELECT id FROM account WHERE kind = 'user' LIMIT 1"};
  return tx.one<std::int64_t>(kAny).has_value();
}

bool is_name_taken(db::Tx& tx, std::string_view name) {
  static const db::Query kTaken{"account.name_taken", R"(
    SELECT 1 FROM account WHERE name = $1 UNION ALL SELECT 1 FROM reserved_name WHERE name = $1)"};
  return tx.one<int>(kTaken, name).has_value();
}

void lock_account_name(db::Tx& tx, std::string_view name) { tx.lock("account:" + std::string(name)); }

std::int64_t insert_account(db::Tx& tx, const NewAccount& wanted, Millis now) {
  static const db::Query kInsert{"account.insert", R"(
    INSERT INTO account (uuid, kind, name, owner_id, email, contact_email, verified, superuser, password_hash,
                         tag_expiration_s, created_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id)"};
  auto email = wanted.email;
  if (email) email = lower_ascii(*email);
  return tx.get<std::int64_t>(kInsert, random_uuid(), wanted.kind, wanted.name, wanted.owner_id, email,
                              wanted.contact_email, wanted.verified, wanted.superuser, wanted.password_hash,
                              wanted.tag_expiration_s, now);
}

std::vector<Account> list_users(db::Tx& tx, bool with_disabled, std::int64_t after_id, std::int64_t limit) {
  static const db::Query kList{"account.list_users", WHARF_ACCOUNT_COLUMNS
                               "WHERE kind = 'user' AND deleted_ms IS NULL AND (enabled OR $1) AND id > $2 "
                               "ORDER BY id LIMIT $3"};
  return tx.all<Account>(kList, with_disabled, after_id, limit);
}

std::vector<std::int64_t> list_superusers(db::Tx& tx) {
  static const db::Query kList{"account.list_superusers", R"(
    SELECT id FROM account WHERE superuser AND kind = 'user' AND deleted_ms IS NULL ORDER BY id)"};
  return tx.all<std::int64_t>(kList);
}

std::vector<Account> list_organizations(db::Tx& tx, std::int64_t after_id, std::int64_t limit) {
  static const db::Query kList{"account.list_organizations", WHARF_ACCOUNT_COLUMNS
                               "WHERE kind = 'organization' AND deleted_ms IS NULL AND id > $1 ORDER BY id LIMIT $2"};
  return tx.all<Account>(kList, after_id, limit);
}

std::vector<Membership> list_memberships(db::Tx& tx, std::int64_t account_id) {
  static const db::Query kList{"account.memberships", R"(
    SELECT o.name, o.contact_email, max(t.role)
      FROM team_member m JOIN team t ON t.id = m.team_id JOIN account o ON o.id = t.organization_id
     WHERE m.account_id = $1 AND o.deleted_ms IS NULL
     GROUP BY o.id, o.name, o.contact_email ORDER BY o.name)"};
  return tx.all<Membership>(kList, account_id);
}

}  // namespace wharf::store
