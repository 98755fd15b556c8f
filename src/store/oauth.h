#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// OAuth's web flow: codes that are exchanged for tokens, and tokens that admins offer to users.
namespace wharf::store {

/// A code as it is kept: under the SHA-256 of its text, in lower-case hex.
struct OAuthCode {
  std::int64_t application_id = 0;
  std::int64_t account_id = 0;
  std::string scope;
  std::string redirect_uri;
  std::optional<std::string> challenge;   ///< SHA-256 of the verifier in base64url; none without PKCE.
  std::optional<std::string> token_uuid;  ///< Of the token that was given for it; "" when it was used in vain.
  Millis expires_ms = 0;
};
BOOST_DESCRIBE_STRUCT(OAuthCode, (),
                      (application_id, account_id, scope, redirect_uri, challenge, token_uuid, expires_ms))
void insert_oauth_code(db::Tx& tx, const std::string& hash, const OAuthCode& code, Millis now);
std::optional<OAuthCode> find_oauth_code(db::Tx& tx, const std::string& hash);
/// Marks it as used; false when it was already. Of two at once one comes second.
bool use_oauth_code(db::Tx& tx, const std::string& hash);
/// Notes the token that was given for it.
void name_token_of_code(db::Tx& tx, const std::string& hash, const std::string& token_uuid);
/// Deletes up to `limit` codes that expired before then; answers how many.
std::int64_t delete_expired_oauth_codes(db::Tx& tx, Millis before_ms, std::int64_t limit);

struct NewAssignment {
  std::int64_t application_id = 0;
  std::int64_t account_id = 0;
  std::string redirect_uri;
  std::string scope;
  std::string response_type;
};
/// Answers its uuid.
std::string insert_assignment(db::Tx& tx, const NewAssignment& wanted, Millis now);

/// An assignment with its application.
struct Assignment {
  std::int64_t id = 0;
  std::string uuid;
  std::int64_t application_id = 0;
  std::string redirect_uri;
  std::string scope;
  std::string response_type;
  std::string client_id;  ///< The application's, as are those below.
  std::string name;
  std::string description;
  std::string application_uri;
  std::optional<std::string> avatar_email;
  std::int64_t organization_id = 0;
  std::string organization;
  std::optional<std::string> organization_email;
};
BOOST_DESCRIBE_STRUCT(Assignment, (),
                      (id, uuid, application_id, redirect_uri, scope, response_type, client_id, name, description,
                       application_uri, avatar_email, organization_id, organization, organization_email))
/// Newest first, at most `limit`.
std::vector<Assignment> list_assignments(db::Tx& tx, std::int64_t account_id, std::int64_t limit);
std::optional<Assignment> find_assignment(db::Tx& tx, std::int64_t account_id, std::string_view uuid);
/// One that offers the user the same.
std::optional<Assignment> find_same_assignment(db::Tx& tx, const NewAssignment& wanted);
/// False when it was gone already.
bool delete_assignment(db::Tx& tx, std::int64_t assignment_id);

}  // namespace wharf::store
