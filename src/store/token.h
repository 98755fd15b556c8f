#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "store/account.h"
#include "store/application.h"

/// OAuth tokens: how they are found, listed and taken back.
namespace wharf::store {

struct NewOAuthToken {
  std::optional<std::int64_t> application_id;
  std::int64_t account_id = 0;      ///< For whom it acts.
  std::optional<std::string> name;  ///< None: it came out of the web flow.
  std::string prefix;               ///< First 20 characters: how it is found.
  std::string secret_hash;          ///< SHA-256 of the other 20, in lower-case hex.
  std::string scope;
  Millis expires_ms = 0;
};
/// Answers its uuid.
std::string insert_oauth_token(db::Tx& tx, const NewOAuthToken& wanted, Millis now);

/// What one request with a Bearer token needs.
struct Bearer {
  std::int64_t token_id = 0;
  std::string token_uuid;
  std::string secret_hash;
  std::string scope;
  Millis expires_ms = 0;
  std::optional<Millis> last_accessed_ms;
  std::string client_id;    ///< Of its application; "" for a token that has none.
  std::string application;  ///< Its name.
  std::int64_t account_id = 0;
  AccountKind account_kind = AccountKind::user;
  std::string account_name;
  bool account_enabled = false;
  bool account_superuser = false;
};
BOOST_DESCRIBE_STRUCT(Bearer, (),
                      (token_id, token_uuid, secret_hash, scope, expires_ms, last_accessed_ms, client_id, application,
                       account_id, account_kind, account_name, account_enabled, account_superuser))
/// One indexed row; nothing when no token starts so or its account was deleted.
std::optional<Bearer> find_bearer(db::Tx& tx, std::string_view prefix);
void touch_oauth_token(db::Tx& tx, std::int64_t token_id, Millis now);

/// A token as the admins of its application see it.
struct OAuthToken {
  std::int64_t id = 0;
  std::string uuid;
  std::optional<std::string> name;
  std::string scope;
  Millis expires_ms = 0;
  Millis created_ms = 0;
  std::optional<Millis> last_accessed_ms;
  std::string account_name;
};
BOOST_DESCRIBE_STRUCT(OAuthToken, (), (id, uuid, name, scope, expires_ms, created_ms, last_accessed_ms, account_name))
/// Those of an application that are good at `now`, newest first, at most `limit` older than `before_id`.
std::vector<OAuthToken> list_application_tokens(db::Tx& tx, std::int64_t application_id, Millis now,
                                                std::int64_t before_id, std::int64_t limit);
std::optional<OAuthToken> find_application_token(db::Tx& tx, std::int64_t application_id, std::string_view uuid);
/// How many of an application are good at `now`.
std::int64_t count_application_tokens(db::Tx& tx, std::int64_t application_id, Millis now);
void delete_oauth_token(db::Tx& tx, std::int64_t token_id);
void delete_oauth_token(db::Tx& tx, std::string_view uuid);

/// A token with its application, as the user for whom it acts sees it.
struct Authorization {
  std::int64_t token_id = 0;
  std::string uuid;
  std::string scope;
  std::optional<std::string> token_name;
  std::optional<std::int64_t> application_id;
  std::optional<std::string> name;  ///< The application's, as are those below; none where the token has none.
  std::optional<std::string> description;
  std::optional<std::string> application_uri;
  std::optional<std::string> avatar_email;
  std::optional<std::string> owner;
  std::optional<std::string> owner_email;
  std::optional<bool> owner_is_organization;
};
BOOST_DESCRIBE_STRUCT(Authorization, (),
                      (token_id, uuid, scope, token_name, application_id, name, description, application_uri,
                       avatar_email, owner, owner_email, owner_is_organization))
/// Those of a user that are good at `now`, newest first, at most `limit`.
std::vector<Authorization> list_authorizations(db::Tx& tx, std::int64_t account_id, Millis now, std::int64_t limit);
std::optional<Authorization> find_authorization(db::Tx& tx, std::int64_t account_id, std::string_view uuid);
/// The scopes that the user agreed to in the application's web flow and that are good at `now`, one text each.
std::vector<std::string> list_granted_scopes(db::Tx& tx, std::int64_t application_id, std::int64_t account_id,
                                             Millis now);
/// Takes back all that the user agreed to in the application's web flow: tokens, and codes for tokens.
void delete_web_grants(db::Tx& tx, std::int64_t application_id, std::int64_t account_id);

/// Deletes up to `limit` tokens that expired before then, but for those of applications named `except`; answers how
/// many.
std::int64_t delete_expired_oauth_tokens(db::Tx& tx, Millis before_ms, std::string_view except, std::int64_t limit);

}  // namespace wharf::store
