#pragma once
#include <string>
#include <string_view>

#include "store/token.h"

namespace wharf::service {

/// What an OAuth token lives at most, and where nobody says otherwise: ten years.
inline constexpr std::int64_t kLongestTokenSeconds = 315'576'000;

/// The name of the application that holds the bootstrap token. No organization's application may have it.
inline constexpr std::string_view kBootstrapApplication = "__quay_bootstrap_app";

/// A fresh OAuth token: 40 random letters and digits. It is shown once; what is kept of it is in a NewOAuthToken.
std::string new_oauth_token();
/// Whether `text` has the form of one.
bool is_oauth_token(std::string_view text);
/// The part of a token that is kept in clear, and the SHA-256 of the other part in hex.
std::string_view oauth_token_prefix(std::string_view token);
std::string oauth_token_hash(std::string_view token);

/// The SHA-256 of a secret in hex: how a code is kept.
std::string secret_hash(std::string_view secret);

}  // namespace wharf::service
