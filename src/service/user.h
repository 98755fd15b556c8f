#pragma once
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "auth/encrypted_password.h"
#include "auth/principal.h"
#include "auth/secret_box.h"
#include "base/json.h"
#include "db/database.h"
#include "service/avatar.h"
#include "service/page_token.h"
#include "service/settings.h"
#include "store/account.h"

namespace wharf::service {

/// An organization as it stands in its member's own description.
struct UserOrganization {
  std::string name;
  Avatar avatar;
  bool can_create_repo = false;
  bool public_ = false;  ///< In PUBLIC_NAMESPACES.
  bool is_admin = false;
  // With user:admin.
  std::optional<bool> is_org_admin;
  std::optional<bool> preferred_namespace;
};
BOOST_DESCRIBE_STRUCT(UserOrganization, (),
                      (name, avatar, can_create_repo, public_, is_admin, is_org_admin, preferred_namespace))

/// An account elsewhere that a user can log in with.
struct UserLogin {
  std::string service;
  std::string service_identifier;
  json::Object metadata;
};
BOOST_DESCRIBE_STRUCT(UserLogin, (), (service, service_identifier, metadata))

/// A user as others see them, and with the optional members as they see themselves. Source: Quay, "Users and session".
struct UserView {
  bool anonymous = false;
  std::string username;
  Avatar avatar;
  // With user:admin.
  std::optional<bool> can_create_repo;
  std::optional<bool> is_me;
  std::optional<bool> verified;
  std::optional<std::string> email;
  std::optional<std::vector<UserLogin>> logins;
  std::optional<bool> invoice_email;
  std::optional<json::Nullable<std::string>> invoice_email_address;
  std::optional<bool> preferred_namespace;
  std::optional<std::int64_t> tag_expiration_s;
  std::optional<std::vector<std::string>> prompts;
  std::optional<json::Nullable<std::string>> company;
  std::optional<json::Nullable<std::string>> family_name;
  std::optional<json::Nullable<std::string>> given_name;
  std::optional<json::Nullable<std::string>> location;
  std::optional<bool> is_free_account;
  std::optional<bool> has_password_set;
  // With user:read.
  std::optional<std::vector<UserOrganization>> organizations;
  // To a superuser, and to a read-only one.
  std::optional<bool> super_user;
  std::optional<bool> global_readonly_super_user;
};
BOOST_DESCRIBE_STRUCT(UserView, (),
                      (anonymous, username, avatar, can_create_repo, is_me, verified, email, logins, invoice_email,
                       invoice_email_address, preferred_namespace, tag_expiration_s, prompts, company, family_name,
                       given_name, location, is_free_account, has_password_set, organizations, super_user,
                       global_readonly_super_user))

/// A user as a superuser sees them in the list of all.
struct UserRecord {
  std::string kind;
  std::string name;
  std::string username;
  std::optional<std::string> email;
  bool verified = false;
  Avatar avatar;
  bool super_user = false;
  bool global_readonly_super_user = false;
  bool enabled = false;
  std::optional<std::string> encrypted_password{};  ///< Of a password that was just set.
};
BOOST_DESCRIBE_STRUCT(UserRecord, (),
                      (kind, name, username, email, verified, avatar, super_user, global_readonly_super_user, enabled,
                       encrypted_password))

struct UserRecords {
  std::vector<UserRecord> users;
  std::optional<std::string> next_page;
};
BOOST_DESCRIBE_STRUCT(UserRecords, (), (users, next_page))

struct FirstUser {
  std::string username;
  json::Nullable<std::string> email;
  std::string encrypted_password;
  std::optional<std::string> access_token;
};
BOOST_DESCRIBE_STRUCT(FirstUser, (), (username, email, encrypted_password, access_token))

struct CreatedUser {
  std::string username;
  json::Nullable<std::string> email;
  std::string password;
  std::string encrypted_password;
};
BOOST_DESCRIBE_STRUCT(CreatedUser, (), (username, email, password, encrypted_password))

struct NewUser {
  std::string username;
  std::string password;
  std::optional<std::string> email{};
  bool superuser = false;
  bool verified = true;   ///< The e-mail address need not be shown to be theirs.
  std::string prompts{};  ///< What the web UI is to ask, with commas between; see store::Profile.
};

/// The token that the first user starts with, of every scope.
struct FirstToken {
  std::string token;  ///< 40 letters and digits.
  std::int64_t life_s = 0;
};

struct MintedToken {
  std::string token;  ///< Shown this once.
  std::string uuid;
  std::string scope;
  Millis expires_ms = 0;
};

/// Which users a superuser wants to see.
struct UserListing {
  bool with_disabled = true;
  std::optional<std::int64_t> limit{};  ///< 1 to 100 a page; none: everybody at once.
  std::string next_page{};
};

/// Users: the first one, the others, what they see of themselves, and who a Bearer token is.
///
/// The references outlive the service. `secrets` seals what the database keeps, `key` is that of the registry, and
/// `pool` does the hashing of passwords.
class UserService {
 public:
  UserService(db::Database& database, const Settings& settings, const auth::SecretBox& secrets,
              const auth::EncryptedPasswords& encrypted, const auth::SecretKey& key, boost::asio::thread_pool& pool)
      : db_(database), settings_(settings), secrets_(secrets), encrypted_(encrypted), pages_(key), pool_(pool) {}

  /// Makes the first user, with a token of all scopes for 9000 s if wanted; one of several that race wins.
  /// `setup_code` is what the caller gave, may be empty.
  /// Errors: invalid_request when there is a user, when set-up is not open to this caller, for a bad name or password.
  awaitable<Result<FirstUser>> initialize(NewUser wanted, bool access_token, std::string setup_code);
  /// Whether there is any user: then set-up is over.
  awaitable<bool> has_users();

  /// Makes the first user as the operator wants them, without asking who wants it: at start. Answers false, and does
  /// nothing, when there is a user. Errors: invalid_request for a bad name, password, address or token.
  awaitable<Result<bool>> make_first(NewUser wanted, std::optional<FirstToken> token);

  /// The caller. Errors: unauthenticated for the anonymous and for a token without user:read.
  awaitable<Result<UserView>> view_self(auth::Principal who);
  /// Any user. Errors: not_found for robots, organizations and unknown names; unauthenticated for the anonymous where
  /// they may see nothing at all.
  awaitable<Result<UserView>> view(auth::Principal who, std::string username);

  /// Makes a user with a random password, whatever `wanted` says of one, for a superuser. Errors: denied; then those of
  /// `wanted`; invalid_request.
  awaitable<Result<CreatedUser>> create_for(auth::Principal who, Result<NewUser> wanted);
  /// All users, for a superuser. Errors: denied, invalid_request for a limit over 100.
  awaitable<Result<UserRecords>> list(auth::Principal who, UserListing wanted);

  /// Makes a user without asking whether `who` may: for the command line, which is nobody. Errors: invalid_request.
  awaitable<Result<store::Account>> create(NewUser wanted, auth::Principal who = {});
  /// A new password for a user, whose sessions it ends: for the command line. Errors: not_found, invalid_request.
  awaitable<Result<bool>> set_password(std::string username, std::string password);
  /// Whether a user may come in by any means: for the command line. Answers false when it was so already.
  /// Errors: not_found.
  awaitable<Result<bool>> set_enabled(std::string username, bool enabled);
  /// All users by age, without asking who wants it: for the command line.
  awaitable<std::vector<UserRecord>> list_all();
  /// Makes an OAuth token that acts for `username`, without asking who wants it: for the command line.
  /// `life_s` is in seconds. Errors: not_found, invalid_request for an unknown scope or a life that is not positive.
  awaitable<Result<MintedToken>> mint_token(std::string username, std::string scope, std::int64_t life_s,
                                            std::optional<std::string> name);

  awaitable<std::optional<store::Account>> find_by_name(std::string name);
  /// Who an account is when it shows itself: its powers by the configuration, without a token's cap.
  auth::Principal principal_of(const store::Account& account) const;
  /// Who a Bearer token of the API is. Cost: one indexed row; its last use is noted once a minute, aside.
  /// Errors: bad_token for one that is unknown, expired, of a disabled user, or no OAuth token at all.
  awaitable<Result<auth::Principal>> authenticate_bearer(std::string token);

  // Parts of larger transactions, which decide who may.
  /// Errors: invalid_request for a name, password or address that breaks the rules.
  Result<void> check(const NewUser& wanted) const;
  /// Makes a user that `check` let pass; `password_hash` is of bcrypt. Errors: invalid_request for a name or an
  /// address that is taken. Throws ConstraintViolation when it was taken at the same time.
  Result<store::Account> insert(db::Tx& tx, const NewUser& wanted, const std::string& password_hash) const;
  /// What a superuser sees of `account`, a user.
  UserRecord record_of(const store::Account& account) const;
  /// What `who` sees of `account`, a user.
  UserView view_of(db::Tx& tx, const auth::Principal& who, const store::Account& account) const;

  /// The secret that `sealed_token` of a robot keeps. Throws Accident when it was sealed under another key.
  std::string open_robot_token(const std::string& uuid, const std::string& sealed_token) const;

 private:
  auth::Principal principal(std::int64_t id, const std::string& name, store::AccountKind kind, bool superuser) const;
  Result<FirstUser> insert_first(db::Tx& tx, const NewUser& wanted, const std::string& password_hash,
                                 const std::optional<FirstToken>& token) const;
  std::vector<UserOrganization> organizations_of(db::Tx& tx, const auth::Principal& who,
                                                 const store::Account& account) const;
  std::string insert_token(db::Tx& tx, std::int64_t account_id, std::optional<std::int64_t> application_id,
                           std::optional<std::string> name, const std::string& secret, const std::string& scope,
                           Millis expires_ms) const;
  awaitable<void> note_use(std::int64_t token_id, Millis now);

  db::Database& db_;
  const Settings& settings_;
  const auth::SecretBox& secrets_;
  const auth::EncryptedPasswords& encrypted_;
  const PageTokens pages_;
  boost::asio::thread_pool& pool_;
  std::mutex touching_mutex_;
  std::unordered_set<std::int64_t> touching_;  ///< Tokens whose last use is being written.
};

}  // namespace wharf::service
