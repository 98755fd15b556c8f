#include "inventory/package.h"

#include "inventory/path.h"

namespace wharf::inventory {

std::string normal_name(Kind kind, std::string_view name) {
  if (kind != Kind::pypi && kind != Kind::composer && kind != Kind::nuget) return std::string(name);
  std::string normal;
  normal.reserve(name.size());
  for (const char c : name) {
    const bool separates = kind == Kind::pypi && (c == '-' || c == '_' || c == '.');
    if (separates && normal.ends_with('-')) continue;
    normal.push_back(separates ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return normal;
}

std::uint64_t package_hash(const Package& package) {
  const std::string kind = std::to_string(static_cast<int>(package.kind));
  return path_hash(kind + '\n' + package.name + '\n' + package.version + '\n' + package.location);
}

}  // namespace wharf::inventory
