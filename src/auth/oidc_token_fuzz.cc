// Anything may be shown as the token of an OpenID Connect provider.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "auth/oidc_token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto token = wharf::auth::OidcToken::read({reinterpret_cast<const char*>(data), size});
  if (token && token->kid().empty()) std::abort();
  return 0;
}
