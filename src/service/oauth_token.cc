#include "service/oauth_token.h"

#include "base/digest.h"
#include "base/random.h"

namespace wharf::service {
namespace {

constexpr std::size_t kLength = 40;
constexpr std::size_t kPrefix = 20;

}  // namespace

std::string new_oauth_token() { return random_text(kLength, kLettersAndDigits); }

bool is_oauth_token(std::string_view text) {
  return text.size() == kLength && text.find_first_not_of(kLettersAndDigits) == std::string_view::npos;
}

std::string_view oauth_token_prefix(std::string_view token) { return token.substr(0, kPrefix); }

std::string oauth_token_hash(std::string_view token) { return secret_hash(token.substr(kPrefix)); }

std::string secret_hash(std::string_view secret) { return std::string(Digest::of(secret).hex()); }

}  // namespace wharf::service
