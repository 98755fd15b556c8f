#include <cstdlib>

#include "auth/jwt.h"

/// What strangers send as a token: nothing may crash, and nothing may pass, as no input holds a signature by the key.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace wharf::auth;
  static const SigningKey key = SigningKey::make();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto any = [](std::string_view) { return &key.verify_key(); };
  if (jwt::verify(text, any)) std::abort();

  // Past the signature: the same bytes as claims that we signed.
  const auto claims = jwt::verify(jwt::sign(text, key), any);
  if (claims) static_cast<void>(jwt::check_times(*claims, 1'700'000'000'000, {.leeway_s = 60, .max_life_s = 3600}));
  return 0;
}
