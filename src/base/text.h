#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace wharf {

/// Characters (code points) of UTF-8 text.
inline std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
  return count;
}

/// The text with A to Z in lower case and all else as it is.
inline std::string ascii_lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return result;
}

}  // namespace wharf
