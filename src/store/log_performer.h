#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "db/database.h"

/// What the audit log tells of the token that somebody acted with.
namespace wharf::store {

struct TokenApplication {
  std::string client_id;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(TokenApplication, (), (client_id, name))
/// The application that an OAuth token was made for; nothing when it has none or is gone.
std::optional<TokenApplication> application_of_token(db::Tx& tx, std::string_view token_uuid);

/// Nothing when the app token is gone.
std::optional<std::string> app_token_title(db::Tx& tx, std::string_view token_uuid);

}  // namespace wharf::store
