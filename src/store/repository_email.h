#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/names.h"
#include "db/database.h"

/// Addresses that may be mailed about a repository once whoever reads them has agreed: rows of `repository_email`.
namespace wharf::store {

struct RepositoryEmail {
  std::int64_t id = 0;
  bool confirmed = false;
  Millis created_ms = 0;  ///< When its code was made.
};
BOOST_DESCRIBE_STRUCT(RepositoryEmail, (), (id, confirmed, created_ms))

/// `email` in lower case.
std::optional<RepositoryEmail> find_repository_email(db::Tx& tx, std::int64_t repository_id, std::string_view email);
std::int64_t count_repository_emails(db::Tx& tx, std::int64_t repository_id);
/// Adds the address with the hash of its code, or gives one that nobody has agreed to yet a new code.
void put_repository_email(db::Tx& tx, std::int64_t repository_id, std::string_view email, std::string_view code_hash,
                          Millis now);
/// Confirms the address that has the code with this hash, now or already, and answers its repository.
std::optional<RepoName> confirm_repository_email(db::Tx& tx, std::string_view code_hash);

}  // namespace wharf::store
