#include "inventory/lists.h"

#include "inventory/json_text.h"
#include "inventory/path.h"
#include "inventory/text.h"

namespace wharf::inventory {

bool is_composer_list(std::string_view path) {
  return base_name(path) == "installed.json" && base_name(parent_path(path)) == "composer";
}

bool is_composer_lock(std::string_view path) {
  return base_name(path) == "composer.lock" && !path.starts_with("vendor/") &&
         path.find("/vendor/") == std::string_view::npos;
}

Result<void> read_composer_list(std::string_view text, std::string_view path, Finds& finds) {
  const auto document = parse_json(text);
  if (!document) return document.error();
  const auto& packages = document->is_array() ? document->get_array() : json_list(*document, "packages");
  for (const auto& package : packages) {
    finds.add({.kind = Kind::composer,
               .name = std::string(json_text(package, "name")),
               .version = std::string(json_text(package, "version")),
               .location = std::string(path)});
  }
  return {};
}

bool is_dotnet_list(std::string_view path) { return path.ends_with(".deps.json"); }

Result<void> read_dotnet_list(std::string_view text, std::string_view path, Finds& finds) {
  const auto document = parse_json(text);
  if (!document) return document.error();
  for (const auto& [library, what] : json_object(*document, "libraries")) {
    if (json_text(what, "type") != "package") continue;
    std::string_view version = library;
    const std::string_view name = cut(version, '/');
    finds.add({.kind = Kind::nuget,
               .name = std::string(name),
               .version = std::string(version),
               .location = std::string(path)});
  }
  return {};
}

bool is_cargo_lock(std::string_view path) { return base_name(path) == "Cargo.lock"; }

Result<void> read_cargo_lock(std::string_view text, std::string_view path, Finds& finds) {
  std::string_view name, version, source;
  const auto add = [&] {
    if (!source.empty()) {
      finds.add({.kind = Kind::cargo,
                 .name = std::string(name),
                 .version = std::string(version),
                 .location = std::string(path)});
    }
    name = version = source = {};
  };
  Lines lines(text);
  while (auto line = lines.next()) {
    if (line->starts_with('[')) add();
    std::string_view value = *line;
    const std::string_view key = trimmed(cut(value, '='));
    value = trimmed(value);
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') continue;
    value = value.substr(1, value.size() - 2);
    if (key == "name") name = value;
    if (key == "version") version = value;
    if (key == "source") source = value;
  }
  add();
  return {};
}

}  // namespace wharf::inventory
