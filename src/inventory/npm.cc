#include "inventory/npm.h"

#include "inventory/json_text.h"
#include "inventory/path.h"

namespace wharf::inventory {
namespace {

constexpr std::string_view kModules = "node_modules";
constexpr int kDeepest = 50;

bool is_in_modules(std::string_view path) {
  return path.starts_with("node_modules/") || path.find("/node_modules/") != std::string_view::npos;
}

void add(std::string_view name, std::string_view version, std::string_view path, Finds& finds) {
  finds.add(
      {.kind = Kind::npm, .name = std::string(name), .version = std::string(version), .location = std::string(path)});
}

/// Version 1: a tree of names.
void add_dependencies(const boost::json::value& of, std::string_view path, int depth, Finds& finds) {
  if (depth > kDeepest) return;
  for (const auto& [name, dependency] : json_object(of, "dependencies")) {
    if (json_flag(dependency, "dev")) continue;
    add(name, json_text(dependency, "version"), path, finds);
    add_dependencies(dependency, path, depth + 1, finds);
  }
}

}  // namespace

bool is_npm_package(std::string_view path) {
  if (base_name(path) != "package.json") return false;
  std::string_view above = parent_path(parent_path(path));
  if (base_name(above).starts_with('@')) above = parent_path(above);
  return base_name(above) == kModules;
}

Result<void> read_npm_package(std::string_view text, std::string_view path, Finds& finds) {
  const auto document = parse_json(text);
  if (!document) return document.error();
  add(json_text(*document, "name"), json_text(*document, "version"), path, finds);
  return {};
}

bool is_npm_lock(std::string_view path) { return base_name(path) == "package-lock.json" && !is_in_modules(path); }

Result<void> read_npm_lock(std::string_view text, std::string_view path, Finds& finds) {
  const auto document = parse_json(text);
  if (!document) return document.error();
  const auto& packages = json_object(*document, "packages");
  for (const auto& [folder, package] : packages) {
    const auto at = std::string_view(folder).rfind("node_modules/");
    if (at == std::string_view::npos || json_flag(package, "dev") || json_flag(package, "link")) continue;
    // An alias is installed in a folder of another name.
    const std::string_view name = json_text(package, "name");
    add(name.empty() ? std::string_view(folder).substr(at + kModules.size() + 1) : name, json_text(package, "version"),
        path, finds);
  }
  if (packages.empty()) add_dependencies(*document, path, 0, finds);
  return {};
}

}  // namespace wharf::inventory
