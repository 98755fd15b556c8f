#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "db/database.h"

/// Codes in links that were mailed to users. Only their hashes are kept; each is good for one use.
namespace wharf::store {

/// confirm: the address of a new user; change: a user's new address; recover: lets one in who forgot the password.
enum class EmailCodeKind { confirm, change, recover };
BOOST_DESCRIBE_ENUM(EmailCodeKind, confirm, change, recover)

struct EmailCode {
  EmailCodeKind kind = EmailCodeKind::confirm;
  std::int64_t account_id = 0;
  std::optional<std::string> email;  ///< In lower case; what is to become the user's address.
  Millis expires_ms = 0;
};
BOOST_DESCRIBE_STRUCT(EmailCode, (), (kind, account_id, email, expires_ms))

/// Throws ConstraintViolation when the account is gone.
void insert_email_code(db::Tx& tx, std::string_view code_hash, const EmailCode& code, Millis now);
/// The code with this hash, which is used up by this; also one that has expired. `recover` says whether it must be one
/// of that kind or one of the others.
std::optional<EmailCode> take_email_code(db::Tx& tx, std::string_view code_hash, bool recover);
/// How many codes of this kind are out that have not expired.
std::int64_t count_email_codes(db::Tx& tx, std::int64_t account_id, EmailCodeKind kind, Millis now);
void delete_email_codes(db::Tx& tx, std::int64_t account_id, EmailCodeKind kind);
/// The user, not verified yet, who signed up with this address last.
std::optional<std::int64_t> find_unverified_user(db::Tx& tx, std::string_view email);
/// Deletes at most 100 that expired before `before`, but for those of users who have never verified an address: they
/// tell that the user may go.
void delete_old_email_codes(db::Tx& tx, Millis before);

}  // namespace wharf::store
