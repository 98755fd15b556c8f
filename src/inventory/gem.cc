#include "inventory/gem.h"

#include "inventory/path.h"
#include "inventory/text.h"

namespace wharf::inventory {
namespace {

/// What stands in a Ruby literal at the front of `text`: "x", 'x', %q{x}; Gem::Version.new may stand around it.
std::string_view literal(std::string_view text) {
  text = trimmed(text);
  constexpr std::string_view kVersion = "Gem::Version.new";
  if (text.starts_with(kVersion)) {
    text = trimmed(text.substr(kVersion.size()));
    if (text.starts_with('(')) text = trimmed(text.substr(1));
  }
  if (text.starts_with("%q") || text.starts_with("%Q")) {
    text.remove_prefix(2);
  }
  if (text.empty()) return {};
  constexpr std::string_view kOpen = "\"'{(<[", kClose = "\"'})>]";
  const auto kind = kOpen.find(text.front());
  if (kind == std::string_view::npos) return {};
  text.remove_prefix(1);
  const auto end = text.find(kClose[kind]);
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end);
}

}  // namespace

bool is_gemspec(std::string_view path) {
  return path.ends_with(".gemspec") &&
         (path.starts_with("specifications/") || path.find("/specifications/") != std::string_view::npos);
}

Result<void> read_gemspec(std::string_view text, std::string_view path, Finds& finds) {
  std::string_view name, version;
  Lines lines(text);
  while (auto line = lines.next()) {
    std::string_view value = *line;
    const std::string_view target = trimmed(cut(value, '='));
    const auto dot = target.rfind('.');
    if (dot == std::string_view::npos || dot == 0) continue;
    if (name.empty() && target.substr(dot) == ".name") name = literal(value);
    if (version.empty() && target.substr(dot) == ".version") version = literal(value);
  }
  finds.add(
      {.kind = Kind::gem, .name = std::string(name), .version = std::string(version), .location = std::string(path)});
  return {};
}

}  // namespace wharf::inventory
