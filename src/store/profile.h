#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "store/account.h"

/// What users change about their own account.
namespace wharf::store {

/// What a user tells of themselves. `prompts` are what the web UI is to ask, with commas between them.
struct Profile {
  std::optional<std::string> given_name;
  std::optional<std::string> family_name;
  std::optional<std::string> company;
  std::optional<std::string> location;
  std::string prompts;
};
BOOST_DESCRIBE_STRUCT(Profile, (), (given_name, family_name, company, location, prompts))

/// Empty for an account that is not there.
Profile find_profile(db::Tx& tx, std::int64_t account_id);
/// Writes all of it.
void set_profile(db::Tx& tx, std::int64_t account_id, const Profile& profile);

/// The new password's hash; a new uuid with it, which ends every session of the user, and no wrong attempts any more.
void change_password(db::Tx& tx, std::int64_t account_id, std::string_view password_hash);
/// Gives the user a new uuid, without which no session of theirs goes on.
void end_sessions(db::Tx& tx, std::int64_t account_id);
/// Throws ConstraintViolation when another user has the address.
void set_email(db::Tx& tx, std::int64_t account_id, const std::optional<std::string>& email, bool verified);
void set_verified(db::Tx& tx, std::int64_t account_id);
void set_enabled(db::Tx& tx, std::int64_t account_id, bool enabled);
/// Beside what the configuration says of the name.
void set_superuser(db::Tx& tx, std::int64_t account_id, bool superuser);

struct InvoiceSettings {
  bool invoice_email = false;
  std::optional<std::string> address;
};
void set_invoice(db::Tx& tx, std::int64_t account_id, const InvoiceSettings& invoice);
void set_tag_expiration(db::Tx& tx, std::int64_t account_id, std::int64_t seconds);

/// Gives a user or an organization another name, and its robots names to fit. The caller holds the locks of both names
/// (lock_account_names) and knows that the new one is free. Throws ConstraintViolation when it is not.
void rename_account(db::Tx& tx, const Account& account, std::string_view name);
/// lock_account_name for two, in an order that is the same for everybody.
void lock_account_names(db::Tx& tx, std::string_view one, std::string_view other);

/// The organizations that `account_id` administers, ascending.
std::vector<std::int64_t> list_administered(db::Tx& tx, std::int64_t account_id);
/// An organization that has `account_id` for its only admin; nothing when there is none.
std::optional<std::string> find_organization_with_sole_admin(db::Tx& tx, std::int64_t account_id);

/// The names of the users who administer an organization, by name; at most 20.
std::vector<std::string> list_admins(db::Tx& tx, std::int64_t organization_id);
/// The oldest organization with this contact address, as it was typed or in lower case.
std::optional<Account> find_organization_by_email(db::Tx& tx, std::string_view email);

/// Deletes a user who signed up, never verified the address, and has no link any more to do so. False when `name` is
/// somebody else's. The caller holds the lock of the name. Throws ConstraintViolation when something hangs on the row.
bool delete_unfinished_user(db::Tx& tx, std::string_view name, Millis now);

}  // namespace wharf::store
