#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

/// Paths in layers: never opened, only compared.
namespace wharf::inventory {

/// `path` without "./", a slash in front or at the end, or doubled ones; the root is "". Bytes that are not UTF-8
/// become U+FFFD. Nothing for a path with ".." or a NUL in it, or of more than `kLongestText` bytes.
std::optional<std::string> clean_path(std::string_view path);

/// What stands after the last slash, and before it: "a/b/c" is "c" in "a/b"; "c" is in "".
std::string_view base_name(std::string_view path);
std::string_view parent_path(std::string_view path);

/// Whether `path` lies below `folder` (not: is it). Everything else lies below the root.
bool is_below(std::string_view path, std::string_view folder);

/// A short stand-in for a path: FNV-1a of 64 bits.
std::uint64_t path_hash(std::string_view path);

/// Where `path` leads when the links on its way are followed inside the layer, as if it were the root. `links` maps the
/// path of each link to its target as it is written. Nothing where it leads in circles or is too deep.
std::optional<std::string> follow_links(std::string_view path,
                                        const std::map<std::string, std::string, std::less<>>& links);

}  // namespace wharf::inventory
