#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "store/account.h"

/// OAuth applications and the tokens made for them.
namespace wharf::store {

struct NewApplication {
  std::int64_t namespace_id = 0;
  std::string client_id;
  std::string name;
  std::string description;
  std::string sealed_secret;  ///< SecretBox, context "application:<client_id>".
};
/// Answers its id. Throws ConstraintViolation when the client id is taken.
std::int64_t insert_application(db::Tx& tx, const NewApplication& wanted, Millis now);
/// The id of the namespace's application with this name.
std::optional<std::int64_t> find_application(db::Tx& tx, std::int64_t namespace_id, std::string_view name);

struct NewOAuthToken {
  std::optional<std::int64_t> application_id;
  std::int64_t account_id = 0;  ///< For whom it acts.
  std::optional<std::string> name;
  std::string prefix;       ///< First 20 characters: how it is found.
  std::string secret_hash;  ///< SHA-256 of the other 20, in lower-case hex.
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
  std::int64_t account_id = 0;
  AccountKind account_kind = AccountKind::user;
  std::string account_name;
  bool account_enabled = false;
  bool account_superuser = false;
};
BOOST_DESCRIBE_STRUCT(Bearer, (),
                      (token_id, token_uuid, secret_hash, scope, expires_ms, last_accessed_ms, account_id, account_kind,
                       account_name, account_enabled, account_superuser))
/// One indexed row; nothing when no token starts so or its account was deleted.
std::optional<Bearer> find_bearer(db::Tx& tx, std::string_view prefix);
void touch_oauth_token(db::Tx& tx, std::int64_t token_id, Millis now);

}  // namespace wharf::store
