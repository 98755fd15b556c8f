#include "inventory/path.h"

#include <vector>

#include "base/utf8.h"
#include "inventory/package.h"

namespace wharf::inventory {

std::optional<std::string> clean_path(std::string_view path) {
  if (path.size() > 4 * kLongestText || path.find('\0') != std::string_view::npos) return {};
  std::string clean;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..") return {};
    if (!clean.empty()) clean.push_back('/');
    clean += part;
  }
  clean = valid_utf8(clean);
  if (clean.size() > kLongestText) return {};
  return clean;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view parent_path(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

bool is_below(std::string_view path, std::string_view folder) {
  if (folder.empty()) return !path.empty();
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

std::uint64_t path_hash(std::string_view path) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : path) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::optional<std::string> follow_links(std::string_view path,
                                        const std::map<std::string, std::string, std::less<>>& links) {
  constexpr int kMostLinks = 40;   // as Linux
  std::vector<std::string> ahead;  // the parts that are still to be walked, the next one last
  const auto push = [&](std::string_view text) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('/', at), text.size());
      if (end > at) parts.emplace_back(text.substr(at, end - at));
      at = end + 1;
    }
    ahead.insert(ahead.end(), std::make_move_iterator(parts.rbegin()), std::make_move_iterator(parts.rend()));
  };
  push(path);
  std::string here;
  for (int followed = 0; !ahead.empty();) {
    const std::string part = std::move(ahead.back());
    ahead.pop_back();
    if (part == ".") continue;
    if (part == "..") {
      here = std::string(parent_path(here));
      continue;
    }
    std::string next = here.empty() ? part : here + '/' + part;
    if (next.size() > kLongestText) return {};
    const auto link = links.find(next);
    if (link == links.end()) {
      here = std::move(next);
      continue;
    }
    if (++followed > kMostLinks) return {};
    if (link->second.starts_with('/')) here.clear();
    push(link->second);
  }
  return here;
}

}  // namespace wharf::inventory
