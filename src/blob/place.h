#pragma once
#include <string>
#include <string_view>

/// The text of a place, as the database keeps it beside a digest.
///
///   ""                        by its digest, in a location that is not named
///   "content/…"               where a store without renaming left it, in a location that is not named
///   "@<id>/sha256:ab12…"      by its digest, in the location <id>
///   "@<id>/content/…"         as above, in the location <id>
///
/// Names are written where several locations are configured, and understood everywhere.
namespace wharf::blob {

struct NamedPlace {
  std::string_view location;  ///< "": the place has no name.
  std::string_view inner;     ///< What the location's own store calls it; its digest's text where that says it all.
};

inline NamedPlace split_place(std::string_view place) {
  const auto slash = place.find('/');
  if (!place.starts_with('@') || slash == std::string_view::npos) return {{}, place};
  return {place.substr(1, slash - 1), place.substr(slash + 1)};
}

/// `inner` must not be empty: bytes that lie by their digest are named by it.
inline std::string name_place(std::string_view location, std::string_view inner) {
  std::string place = "@";
  return place.append(location).append("/").append(inner);
}

/// Whether the digest alone says where the bytes are: there may be others that mean the same bytes by it.
inline bool is_by_digest(std::string_view place) {
  const auto inner = split_place(place).inner;
  return inner.empty() || inner.starts_with("sha256:");
}

}  // namespace wharf::blob
