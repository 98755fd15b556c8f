#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "db/database.h"

/// The token of machines that never open a browser: one row of `oauth_token`, of an application that nobody sees.
namespace wharf::store {

inline constexpr std::string_view kBootstrapApplication = "__quay_bootstrap_app";

struct MachineToken {
  std::int64_t id = 0;
  std::string secret_hash;
  Millis expires_ms = 0;
  std::int64_t account_id = 0;
  std::string application;  ///< "" for a token that has none.
};
BOOST_DESCRIBE_STRUCT(MachineToken, (), (id, secret_hash, expires_ms, account_id, application))

/// Any OAuth token that starts so, whatever application it is of.
std::optional<MachineToken> find_machine_token(db::Tx& tx, std::string_view prefix);
/// Of the application `application_id` all but the one with this uuid.
void delete_other_tokens(db::Tx& tx, std::int64_t application_id, std::string_view uuid);

}  // namespace wharf::store
