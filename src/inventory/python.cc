#include "inventory/python.h"

#include "inventory/path.h"
#include "inventory/text.h"

namespace wharf::inventory {

bool is_python_metadata(std::string_view path) {
  const std::string_view name = base_name(path);
  const std::string_view folder = base_name(parent_path(path));
  if (name == "METADATA") return folder.ends_with(".dist-info");
  if (name == "PKG-INFO") return folder.ends_with(".egg-info") || folder == "EGG-INFO";
  return name.ends_with(".egg-info");
}

Result<void> read_python_metadata(std::string_view text, std::string_view path, Finds& finds) {
  std::string_view name, version;
  Lines lines(text);
  while (auto line = lines.next()) {
    if (trimmed(*line).empty()) break;  // the description
    if (line->front() == ' ' || line->front() == '\t') continue;
    std::string_view value = *line;
    const std::string_view header = cut(value, ':');
    if (name.empty() && same_word(header, "Name")) name = trimmed(value);
    if (version.empty() && same_word(header, "Version")) version = trimmed(value);
  }
  finds.add(
      {.kind = Kind::pypi, .name = std::string(name), .version = std::string(version), .location = std::string(path)});
  return {};
}

}  // namespace wharf::inventory
