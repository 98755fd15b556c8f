#pragma once
#include <cstdint>

namespace wharf::auth {

/// How often this process has run bcrypt, right or wrong: what is dear in a sign-in, as a number instead of a time.
std::uint64_t bcrypt_runs();

}  // namespace wharf::auth
