#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace wharf {

inline constexpr std::string_view kUpperAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
inline constexpr std::string_view kLettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// `length` bytes from the system's cryptographic generator (OpenSSL's). Throws Accident if it fails.
std::string random_bytes(std::size_t length);

/// `length` characters of `alphabet` (at most 256), each equally likely. For secrets.
std::string random_text(std::size_t length, std::string_view alphabet);

/// A random UUID, `xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx`. Source: RFC 9562 section 5.4.
std::string random_uuid();

}  // namespace wharf
