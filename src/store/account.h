#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// Users, organizations and robots: rows of `account`.
namespace wharf::store {

enum class AccountKind { user, organization, robot };
BOOST_DESCRIBE_ENUM(AccountKind, user, organization, robot)

struct Account {
  std::int64_t id = 0;
  std::string uuid;
  AccountKind kind = AccountKind::user;
  std::string name;
  std::optional<std::int64_t> owner_id;      ///< A robot's namespace.
  std::optional<std::string> email;          ///< A user's; unique.
  std::optional<std::string> contact_email;  ///< An organization's; may be shared.
  bool verified = false;
  bool enabled = true;
  bool superuser = false;
  bool has_password = false;
  bool invoice_email = false;
  std::optional<std::string> invoice_email_address;
  std::int64_t tag_expiration_s = 0;
};
BOOST_DESCRIBE_STRUCT(Account, (),
                      (id, uuid, kind, name, owner_id, email, contact_email, verified, enabled, superuser, has_password,
                       invoice_email, invoice_email_address, tag_expiration_s))

/// The live account of this name; nothing when there is none or it was deleted.
std::optional<Account> find_account(db::Tx& tx, std::string_view name);
std::optional<Account> find_account(db::Tx& tx, std::int64_t id);
/// The live account with this uuid. A user's changes with every sign-out and every new password.
std::optional<Account> find_account_by_uuid(db::Tx& tx, std::string_view uuid);
/// The live user who has this address, in any case of letters.
std::optional<Account> find_user_by_email(db::Tx& tx, std::string_view email);

/// Whether there is any user, deleted ones included: decides about the first run.
bool has_users(db::Tx& tx);

/// Whether an account of any kind has this name, or a deleted namespace still holds it. Call `lock_account_name` first
/// in a transaction that goes on to use the name.
bool is_name_taken(db::Tx& tx, std::string_view name);
/// Makes transactions that give or free `name` follow one another, on every node.
void lock_account_name(db::Tx& tx, std::string_view name);

struct NewAccount {
  AccountKind kind = AccountKind::user;
  std::string name;
  std::optional<std::int64_t> owner_id{};
  std::optional<std::string> email{};
  std::optional<std::string> contact_email{};
  bool verified = false;
  bool superuser = false;
  std::optional<std::string> password_hash{};
  std::int64_t tag_expiration_s = 0;
};
/// Answers its id. Throws ConstraintViolation when the name or the e-mail address is taken.
std::int64_t insert_account(db::Tx& tx, const NewAccount& wanted, Millis now);

/// One page of users by id, at most `limit` after `after_id`.
std::vector<Account> list_users(db::Tx& tx, bool with_disabled, std::int64_t after_id, std::int64_t limit);

/// The users who are superusers by the database, by id.
std::vector<std::int64_t> list_superusers(db::Tx& tx);

/// One page of organizations by id, at most `limit` after `after_id`.
std::vector<Account> list_organizations(db::Tx& tx, std::int64_t after_id, std::int64_t limit);

/// An organization that somebody is in, with the best role that a team there gives.
struct Membership {
  std::string name;
  std::optional<std::string> contact_email;
  int best_team = 0;  ///< A TeamRole.
};
BOOST_DESCRIBE_STRUCT(Membership, (), (name, contact_email, best_team))
/// By name.
std::vector<Membership> list_memberships(db::Tx& tx, std::int64_t account_id);

}  // namespace wharf::store
