#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/json.h"
#include "service/avatar.h"
#include "service/page_token.h"
#include "service/tools.h"
#include "service/user.h"
#include "store/account.h"

namespace wharf::service {

/// What a superuser wants changed of a user; what is not there stays as it is.
struct InstallUserChange {
  std::optional<json::Nullable<std::string>> password;
  std::optional<json::Nullable<std::string>> email;
  std::optional<bool> enabled;
  std::optional<bool> superuser;
};
BOOST_DESCRIBE_STRUCT(InstallUserChange, (), (password, email, enabled, superuser))

/// An organization as a superuser sees it in the list of all.
struct OrganizationRecord {
  std::string name;
  std::string email;  ///< "" for none.
  Avatar avatar;
};
BOOST_DESCRIBE_STRUCT(OrganizationRecord, (), (name, email, avatar))

struct OrganizationRecords {
  std::vector<OrganizationRecord> organizations;
  std::optional<std::string> next_page;
};
BOOST_DESCRIBE_STRUCT(OrganizationRecords, (), (organizations, next_page))

/// What superusers do with users and organizations.
///
/// A superuser is whom SUPER_USERS names, or whom the first start or another superuser made one in the database: either
/// is enough. What the configuration gives, only the configuration takes. A name in GLOBAL_READONLY_SUPER_USERS is
/// none, whatever else is said of it. Nobody changes, deletes or converts a superuser here: first they must be one no
/// more. Each method answers denied (unauthenticated to the anonymous) to everybody else. Source: Quay, "Superuser".
class SuperuserService {
 public:
  explicit SuperuserService(const Tools& tools) : tools_(tools), pages_(tools.key) {}

  /// Read-only superusers may look too. Errors: not_found.
  awaitable<Result<UserRecord>> user(auth::Principal who, std::string username);
  /// Changes all that is wanted, or nothing. A new password ends the user's sessions; a new address counts as shown to
  /// be theirs. Errors: those of `wanted`; not_found; invalid_request for a superuser, unless `superuser` alone is
  /// taken from one whom the configuration does not name, and for a password or address that is wrong or taken.
  awaitable<Result<UserRecord>> change_user(auth::Principal who, std::string username, Result<InstallUserChange> wanted,
                                            std::string base_url);
  /// Deletes the user with all they own, also the only admin of an organization.
  /// Errors: not_found; invalid_request for a superuser.
  awaitable<Result<bool>> remove_user(auth::Principal who, std::string username);
  /// Mails the user a link that lets them set a password; answers the address.
  /// Errors: not_found; invalid_request for a superuser, who is disabled, and who has no address.
  awaitable<Result<std::string>> send_recovery(auth::Principal who, std::string username, std::string base_url);

  /// By age; `limit` is 1 to 100 a page, none: all at once. Read-only superusers may look too.
  /// Errors: invalid_request for another limit.
  awaitable<Result<OrganizationRecords>> organizations(auth::Principal who, std::optional<std::int64_t> limit,
                                                       std::string next_page);
  /// Another name, for its robots too. Errors: those of `new_name`; invalid_request for what is no organization, and
  /// for a name that is wrong or taken.
  awaitable<Result<OrganizationRecord>> rename_organization(auth::Principal who, std::string name,
                                                            Result<std::string> new_name);
  /// Deletes it with all that is in it. Errors: not_found.
  awaitable<Result<bool>> remove_organization(auth::Principal who, std::string name);
  /// Makes the caller an admin of the organization, or of the organization that the user of that name becomes.
  /// Errors: not_found; invalid_request for a superuser, and for a user who is the only admin of an organization.
  awaitable<Result<bool>> take_ownership(auth::Principal who, std::string name);

 private:
  Result<store::Account> plain_user(db::Tx& tx, const std::string& username) const;
  Result<void> set_rank(db::Tx& tx, const auth::Principal& who, const store::Account& account, bool superuser) const;
  Result<void> apply(db::Tx& tx, const auth::Principal& who, const store::Account& account,
                     const InstallUserChange& wanted, const std::string& password_hash,
                     const std::string& base_url) const;

  const Tools tools_;
  const PageTokens pages_;
};

}  // namespace wharf::service
