#include "store/profile.h"

#include "base/names.h"
#include "base/random.h"

namespace wharf::store {
namespace {}  // namespace

Profile find_profile(db::Tx& tx, std::int64_t account_id) {
  static const db::Query kFind{"profile.find", R"(
    SELECT given_name, family_name, company, location, prompts FROM account WHERE id = $1)"};
  return tx.one<Profile>(kFind, account_id).value_or(Profile{});
}

void set_profile(db::Tx& tx, std::int64_t account_id, const Profile& profile) {
  static const db::Query kSet{"profile.set", R"(
    UPDATE account SET given_name = $2, family_name = $3, company = $4, location = $5, prompts = $6 WHERE id = $1)"};
  tx.run(kSet, account_id, profile.given_name, profile.family_name, profile.company, profile.location, profile.prompts);
}

void change_password(db::Tx& tx, std::int64_t account_id, std::string_view password_hash) {
  static const db::Query kSet{"profile.password", R"(
    UPDATE account SET password_hash = $2, uuid = $3, failed_logins = 0, last_failed_login_ms = 0 WHERE id = $1)"};
  tx.run(kSet, account_id, password_hash, random_uuid());
}

void end_sessions(db::Tx& tx, std::int64_t account_id) {
  static const db::Query kSet{"profile.end_sessions", "UPDATE account SET uuid = $2 WHERE id = $1"};
  tx.run(kSet, account_id, random_uuid());
}

void set_email(db::Tx& tx, std::int64_t account_id, const std::optional<std::string>& email, bool verified) {
  static const db::Query kSet{"profile.email", "UPDATE account SET email = $2, verified = $3 WHERE id = $1"};
  auto address = email;
  if (address) address = lower_ascii(*address);
  tx.run(kSet, account_id, address, verified);
}

void set_verified(db::Tx& tx, std::int64_t account_id) {
  static const db::Query kSet{"profile.verified", "UPDATE account SET verified = TRUE WHERE id = $1"};
  tx.run(kSet, account_id);
}

void set_enabled(db::Tx& tx, std::int64_t account_id, bool enabled) {
  static const db::Query kSet{"profile.enabled", "UPDATE account SET enabled = $2 WHERE id = $1"};
  tx.run(kSet, account_id, enabled);
}

void set_superuser(db::Tx& tx, std::int64_t account_id, bool superuser) {
  static const db::Query kSet{"profile.set_superuser", "UPDATE account SET superuser = $2 WHERE id = $1"};
  tx.run(kSet, account_id, superuser);
}

void set_invoice(db::Tx& tx, std::int64_t account_id, const InvoiceSettings& invoice) {
  static const db::Query kSet{"profile.invoice", R"(
    UPDATE account SET invoice_email = $2, invoice_email_address = $3 WHERE id = $1)"};
  tx.run(kSet, account_id, invoice.invoice_email, invoice.address);
}

void set_tag_expiration(db::Tx& tx, std::int64_t account_id, std::int64_t seconds) {
  static const db::Query kSet{"profile.tag_expiration", "UPDATE account SET tag_expiration_s = $2 WHERE id = $1"};
  tx.run(kSet, account_id, seconds);
}

void rename_account(db::Tx& tx, const Account& account, std::string_view name) {
  static const db::Query kRename{"profile.rename", "UPDATE account SET name = $2 WHERE id = $1"};
  static const db::Query kRobots{"profile.rename_robots", R"(
    UPDATE account SET name = CAST($2 AS TEXT) || substr(name, CAST($3 AS INTEGER))
     WHERE owner_id = $1 AND kind = 'robot')"};
  tx.run(kRename, account.id, name);
  tx.run(kRobots, account.id, name, static_cast<std::int64_t>(account.name.size()) + 1);
}

void lock_account_names(db::Tx& tx, std::string_view one, std::string_view other) {
  lock_account_name(tx, std::min(one, other));
  if (one != other) lock_account_name(tx, std::max(one, other));
}

std::vector<std::int64_t> list_administered(db::Tx& tx, std::int64_t account_id) {
  static const db::Query kList{"profile.administered", R"(
    SELECT DISTINCT t.organization_id FROM team_member m JOIN team t ON t.id = m.team_id
     WHERE m.account_id = $1 AND t.role = 3 ORDER BY 1)"};
  return tx.all<std::int64_t>(kList, account_id);
}

std::optional<std::string> find_organization_with_sole_admin(db::Tx& tx, std::int64_t account_id) {
  static const db::Query kFind{"profile.sole_admin", R"(
    SELECT o.name FROM team_member m JOIN team t ON t.id = m.team_id JOIN account o ON o.id = t.organization_id
     WHERE m.account_id = $1 AND t.role = 3 AND o.deleted_ms IS NULL
       AND NOT EXISTS (SELECT 1 FROM team u JOIN team_member n ON n.team_id = u.id JOIN account a ON a.id = n.account_id
                        WHERE u.organization_id = o.id AND u.role = 3 AND a.kind = 'user' AND a.id <> $1)
     ORDER BY o.name LIMIT 1)"};
  return tx.one<std::string>(kFind, account_id);
}

std::vector<std::string> list_admins(db::Tx& tx, std::int64_t organization_id) {
  static const db::Query kList{"profile.list_admins", R"(
    SELECT DISTINCT a.name FROM team t JOIN team_member m ON m.team_id = t.id JOIN account a ON a.id = m.account_id
     WHERE t.organization_id = $1 AND t.role = 3 AND a.kind = 'user' ORDER BY a.name LIMIT 20)"};
  return tx.all<std::string>(kList, organization_id);
}

std::optional<Account> find_organization_by_email(db::Tx& tx, std::string_view email) {
  static const db::Query kFind{"profile.organization_by_email", R"(
    SELECT id FROM account WHERE contact_email IN ($1, $2) AND kind = 'organization' AND deleted_ms IS NULL
     ORDER BY id LIMIT 1)"};
  const auto id = tx.one<std::int64_t>(kFind, email, lower_ascii(email));
  return id ? find_account(tx, *id) : std::nullopt;
}

bool delete_unfinished_user(db::Tx& tx, std::string_view name, Millis now) {
  static const db::Query kDelete{"profile.delete_unfinished", R"(
    DELETE FROM account
     WHERE name = $1 AND kind = 'user' AND NOT verified AND email IS NULL AND last_accessed_ms IS NULL
       AND EXISTS (SELECT 1 FROM email_code c WHERE c.account_id = account.id AND c.kind = 'confirm')
       AND NOT EXISTS (SELECT 1 FROM email_code c
                        WHERE c.account_id = account.id AND c.kind = 'confirm' AND c.expires_ms > $2))"};
  return tx.run(kDelete, name, now) == 1;
}

}  // namespace wharf::store
