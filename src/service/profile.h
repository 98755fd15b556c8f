#pragma once
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "auth/principal.h"
#include "base/json.h"
#include "service/tools.h"
#include "service/user.h"
#include "store/account.h"

namespace wharf::service {

/// What somebody signs up with.
struct SignUp {
  std::string username;
  std::string password;
  std::optional<std::string> email{};
  std::string invite_code{};  ///< "urn:teaminvite:…", of an invitation by mail; "" for none.
};

struct SignedUp {
  store::Account account;
  bool awaiting_verification = false;  ///< They may not sign in before they have followed the link in the mail.
};

/// What a user wants changed; what is not there stays as it is.
struct ProfileChange {
  std::optional<std::string> password;
  std::optional<std::string> email;
  std::optional<std::string> username;
  std::optional<bool> invoice_email;
  std::optional<json::Nullable<std::string>> invoice_email_address;
  std::optional<std::int64_t> tag_expiration_s;
  // Only with FEATURE_USER_METADATA.
  std::optional<json::Nullable<std::string>> given_name;
  std::optional<json::Nullable<std::string>> family_name;
  std::optional<json::Nullable<std::string>> company;
  std::optional<json::Nullable<std::string>> location;
};
BOOST_DESCRIBE_STRUCT(ProfileChange, (),
                      (password, email, username, invoice_email, invoice_email_address, tag_expiration_s, given_name,
                       family_name, company, location))

struct ChangedProfile {
  store::Account account;
  UserView view;
  bool sessions_ended = false;  ///< The password is a new one: whoever changed it needs a new session.
};

/// Who takes over what was a user's account.
struct Conversion {
  std::string admin_user;
  std::string admin_password;
};

struct RecoveryAnswer {
  std::string status;                   ///< "sent", whether or not anybody has the address; "org".
  std::optional<std::string> orgemail;  ///< With "org": only organizations have it.
  std::optional<std::string> orgname;   ///< With "org": partly masked.
};
BOOST_DESCRIBE_STRUCT(RecoveryAnswer, (), (status, orgemail, orgname))

struct ConfirmedEmail {
  store::Account account;
  bool new_user = false;  ///< The address of a new user, who is to be signed in; otherwise a user's new address.
};

/// What users do with their own account: sign up, change, recover, convert, delete.
///
/// With mail on, an address becomes a user's only when they have followed the link that was sent to it: until then the
/// link's code keeps it, and nobody learns by signing up or by changing theirs whether somebody has an address.
/// Source: Quay, "Users and session".
class ProfileService {
 public:
  explicit ProfileService(const Tools& tools) : tools_(tools) {}

  /// Makes a user as the caller wants to be one; `who` tells from where they call. While there is no user this is open
  /// to the callers that set-up is open to, and makes what set-up makes.
  /// Errors: invalid_request for a name, password or address that is wrong or taken, that needs an invitation, or that
  /// is kept back; not_found where accounts are kept elsewhere; too_many_attempts.
  awaitable<Result<SignedUp>> sign_up(auth::Principal who, SignUp wanted, std::string base_url);
  /// What the new user sees of themselves.
  awaitable<Result<UserView>> view_new(store::Account account);

  /// Changes all that is wanted, or nothing. A new password ends every session of the user; a new address takes effect
  /// at once only with mail off.
  /// Errors: denied without user:admin; then those of `wanted`; invalid_request.
  awaitable<Result<ChangedProfile>> change(auth::Principal who, Result<ProfileChange> wanted, std::string base_url);
  /// Deletes the caller's account with all they own. Errors: denied without user:admin; invalid_request for the only
  /// admin of an organization; not_found where accounts are kept elsewhere.
  awaitable<Result<bool>> remove(auth::Principal who);
  /// Turns the caller's account into an organization that another user administers: answers that user.
  /// Errors: denied without user:admin; then those of `wanted`; invalid_request when the other's password is wrong
  /// (with the reason "invaliduser"), or the caller is the only admin of an organization; too_many_attempts.
  awaitable<Result<store::Account>> convert(auth::Principal who, Result<Conversion> wanted);
  /// The caller's password, encrypted for clients' configurations. Errors: denied without user:admin; then those of
  /// `password`; invalid_request when it is wrong; too_many_attempts.
  awaitable<Result<std::string>> client_key(auth::Principal who, Result<std::string> password);

  /// Sends a link by which whoever reads that mail can set a new password. The answer tells nothing of users; the work
  /// is done behind it, so that its time tells nothing either. Errors: invalid_request for what is no address.
  awaitable<Result<RecoveryAnswer>> request_recovery(std::string email, std::string base_url);
  /// Uses up the code of such a link: the user whom it lets in.
  /// Errors: invalid_request when the code is unknown, used, expired, or of a user who is disabled; read_only.
  awaitable<Result<store::Account>> recover(std::string code);
  /// Uses up the code of a link that was sent to a user's address. Errors: as for `recover`, and when somebody else has
  /// the address by now.
  awaitable<Result<ConfirmedEmail>> confirm(std::string code, std::string base_url);

  /// Makes the token that BOOTSTRAP_TOKEN_PATH is to hold, unless one that is good is there: at start, with
  /// FEATURE_PROGRAMMATIC_BOOTSTRAP. Errors: invalid_request when the owner is no superuser or the file cannot be made.
  awaitable<Result<bool>> provision_bootstrap_token();
  /// Puts a new token in the place of `token`, the one that is there; the old one is dead then. One that has expired
  /// is good for this from this machine alone. Errors: bad_token; denied for any other OAuth token;
  /// token_rotation_failed when the file cannot be written: then the old one stays.
  awaitable<Result<bool>> renew_bootstrap_token(std::string token, std::string peer);

 private:
  Result<void> check_sign_up(const SignUp& wanted) const;
  bool is_kept_back(const std::string& name) const;
  bool is_blacklisted(const std::string& email) const;
  Result<SignedUp> write_sign_up(db::Tx& tx, const auth::Principal& who, const SignUp& wanted,
                                 const std::string& password_hash, const std::string& base_url) const;
  Result<void> apply(db::Tx& tx, const auth::Principal& who, const store::Account& account, const ProfileChange& wanted,
                     const std::string& password_hash, const std::string& base_url) const;
  Result<void> rename(db::Tx& tx, const auth::Principal& who, const store::Account& account,
                      const std::string& name) const;
  awaitable<void> send_recovery(std::string email, std::string base_url);

  const Tools tools_;
  std::atomic<int> signing_up_ = 0;  ///< Who wait for bcrypt.
};

/// Turns `user` into the organization of the same name that `admin_id` administers, and logs it. The caller holds the
/// lock of its name. Errors: invalid_request for the only admin of an organization.
Result<void> convert_to_organization(db::Tx& tx, const store::Account& user, std::int64_t admin_id);

}  // namespace wharf::service
