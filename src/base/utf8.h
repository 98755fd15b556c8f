#pragma once
#include <string>
#include <string_view>

namespace wharf {

/// What stands for bytes that are no character.
inline constexpr char32_t kReplacement = 0xFFFD;

/// The code point at `at`, which moves past it; U+FFFD and one byte for what is not UTF-8. Source: RFC 3629.
char32_t next_code_point(std::string_view text, std::size_t& at);

/// `text` with U+FFFD for each byte that is not UTF-8.
std::string valid_utf8(std::string_view text);

}  // namespace wharf
