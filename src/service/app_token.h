#pragma once
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/json.h"
#include "service/tools.h"

namespace wharf::service {

/// An app specific token as its user sees it.
struct AppTokenView {
  std::string uuid;
  std::string title;
  json::Nullable<Rfc2822> last_accessed;
  Rfc2822 created;
  json::Nullable<Rfc2822> expiration;     ///< Null: never.
  std::optional<std::string> token_code;  ///< The password that goes with the name $app.
};
BOOST_DESCRIBE_STRUCT(AppTokenView, (), (uuid, title, last_accessed, created, expiration, token_code))

struct AppTokenViews {
  std::vector<AppTokenView> tokens;
  json::Nullable<bool> only_expiring;  ///< As it was asked for.
};
BOOST_DESCRIBE_STRUCT(AppTokenViews, (), (tokens, only_expiring))

/// App specific tokens of users: passwords for the registry alone, one a device. Source: Quay, "App-specific tokens".
/// All answer denied without user:admin.
class AppTokenService {
 public:
  explicit AppTokenService(const Tools& tools) : tools_(tools) {}

  /// The caller's own, oldest first; with `expiring` those that are about to expire: that have less than a tenth of
  /// their life left.
  awaitable<Result<AppTokenViews>> list(auth::Principal who, std::optional<bool> expiring);
  /// Everybody's, to superusers with full access and to read-only ones. Errors: denied.
  awaitable<Result<AppTokenViews>> list_all(auth::Principal who, std::optional<bool> expiring);
  /// Errors: also invalid_request for a title that is empty or too long.
  awaitable<Result<AppTokenView>> create(auth::Principal who, std::string title);
  /// One of the caller's own that has not expired, with its code. Errors: also not_found.
  awaitable<Result<AppTokenView>> find(auth::Principal who, std::string uuid);
  /// It stops working at once. Errors: also not_found.
  awaitable<Result<bool>> revoke(auth::Principal who, std::string uuid);

  /// Deletes tokens that expired longer ago than the configuration keeps them, a few hundred a transaction; answers how
  /// many.
  awaitable<std::int64_t> remove_expired();

 private:
  awaitable<AppTokenViews> select(std::optional<std::int64_t> account_id, std::optional<bool> expiring);

  const Tools tools_;
};

}  // namespace wharf::service
