#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace wharf {

/// Two lower-case hexadecimal digits a byte.
std::string to_hex(std::string_view bytes);

/// The bytes of `hex` (either case), or nothing if it is odd in length or has another character.
std::optional<std::string> from_hex(std::string_view hex);

/// Base64url without padding. Source: RFC 4648 section 5.
std::string to_base64url(std::string_view bytes);

/// The bytes of unpadded base64url, or nothing if `text` is not that.
std::optional<std::string> from_base64url(std::string_view text);

/// The bytes of standard base64 (padding may be missing), or nothing. Source: RFC 4648 section 4.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace wharf
