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

}  // namespace wharf
