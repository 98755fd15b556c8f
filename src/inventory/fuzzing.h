#pragma once
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "inventory/finds.h"

/// What holds for everything that was found, whatever it was found in.
namespace wharf::inventory {

inline std::string_view fuzz_text(const unsigned char* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline void must_be_text(std::string_view text) {
  if (text.size() > kLongestText || valid_utf8(text) != text) __builtin_trap();
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) __builtin_trap();
  }
}

inline void must_be_sound(const Package& package) {
  if (package.name.empty() || package.version.empty()) __builtin_trap();
  for (const auto* text : {&package.name, &package.version, &package.source_name, &package.source_version,
                           &package.arch, &package.module, &package.vendor, &package.location}) {
    must_be_text(*text);
  }
}

inline void must_be_sound(const Distribution& distribution) {
  for (const auto* text : {&distribution.id, &distribution.version_id, &distribution.codename, &distribution.name,
                           &distribution.id_like, &distribution.cpe}) {
    must_be_text(*text);
  }
}

}  // namespace wharf::inventory
