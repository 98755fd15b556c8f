#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// App specific tokens as their users see them; how a login finds one stands in store/login.h.
namespace wharf::store {

struct NewAppToken {
  std::int64_t account_id = 0;
  std::string uuid;
  std::string title;
  std::string prefix;         ///< First 60 characters: how it is found.
  std::string sealed_secret;  ///< SecretBox, context service::app_token_context(uuid).
  Millis expires_ms = 0;      ///< store::kForever: never.
};
void insert_app_token(db::Tx& tx, const NewAppToken& wanted, Millis now);

struct AppToken {
  std::int64_t id = 0;
  std::string uuid;
  std::string title;
  std::string prefix;
  std::string sealed_secret;
  Millis created_ms = 0;
  Millis expires_ms = 0;
  std::optional<Millis> last_accessed_ms;
};
BOOST_DESCRIBE_STRUCT(AppToken, (), (id, uuid, title, prefix, sealed_secret, created_ms, expires_ms, last_accessed_ms))

/// Which tokens a list has: those that expire after `after_ms` and not after `until_ms`.
struct AppTokenSpan {
  std::optional<std::int64_t> account_id;  ///< None: everybody's.
  Millis after_ms = 0;
  Millis until_ms = 0;
};
/// Oldest first.
std::vector<AppToken> list_app_tokens(db::Tx& tx, const AppTokenSpan& span);
/// The user's own of this uuid, expired or not.
std::optional<AppToken> find_own_app_token(db::Tx& tx, std::int64_t account_id, std::string_view uuid);
void delete_app_token(db::Tx& tx, std::int64_t token_id);
/// Deletes up to `limit` tokens that expired before then; answers how many.
std::int64_t delete_expired_app_tokens(db::Tx& tx, Millis before_ms, std::int64_t limit);

}  // namespace wharf::store
