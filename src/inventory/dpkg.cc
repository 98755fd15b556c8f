#include "inventory/dpkg.h"

#include "inventory/path.h"
#include "inventory/text.h"

namespace wharf::inventory {
namespace {

constexpr std::string_view kStatus = "var/lib/dpkg/status";
constexpr std::string_view kStatusFolder = "var/lib/dpkg/status.d";
constexpr std::string_view kInfoFolder = "var/lib/dpkg/info";

struct Stanza {
  std::string_view package, status, version, architecture, source;
  bool foreign = false;  ///< vcpkg's files have the same form and name.
};

/// "want ok state": only what is whole is there.
bool is_installed(std::string_view status) {
  if (status.empty()) return true;  // distroless images have none
  std::string_view rest = status;
  cut(rest, ' ');
  const std::string_view flag = cut(rest, ' ');
  return flag == "ok" && trimmed(rest) == "installed";
}

void add(const Stanza& stanza, std::string_view path, Finds& finds) {
  if (stanza.foreign || !is_installed(stanza.status)) return;
  Package package{.kind = Kind::dpkg,
                  .name = std::string(stanza.package),
                  .version = std::string(stanza.version),
                  .source_name = std::string(stanza.package),
                  .source_version = std::string(stanza.version),
                  .arch = std::string(stanza.architecture),
                  .location = std::string(path)};
  if (!stanza.source.empty()) {
    std::string_view version = stanza.source;
    package.source_name = trimmed(cut(version, '('));
    version = trimmed(cut(version, ')'));
    if (!version.empty()) package.source_version = version;
  }
  finds.add(std::move(package));
}

}  // namespace

bool is_dpkg_status(std::string_view path) {
  return path == kStatus || (parent_path(path) == kStatusFolder && !path.ends_with(".md5sums"));
}

Result<void> read_dpkg_status(std::string_view text, std::string_view path, Finds& finds) {
  Stanza stanza;
  Lines lines(text);
  while (auto line = lines.next()) {
    if (trimmed(*line).empty()) {
      add(stanza, path, finds);
      stanza = {};
      continue;
    }
    if (line->front() == ' ' || line->front() == '\t') continue;
    std::string_view value = *line;
    const std::string_view name = cut(value, ':');
    value = trimmed(value);
    if (name == "Package") stanza.package = value;
    if (name == "Status") stanza.status = value;
    if (name == "Version") stanza.version = value;
    if (name == "Architecture") stanza.architecture = value;
    if (name == "Source") stanza.source = value;
    if (name == "Port-Version" || name == "Feature") stanza.foreign = true;
  }
  add(stanza, path, finds);
  return {};
}

bool is_dpkg_list(std::string_view path) { return parent_path(path) == kInfoFolder && path.ends_with(".list"); }

Result<void> read_dpkg_list(std::string_view text, std::string_view, Finds& finds) {
  Lines lines(text);
  while (auto line = lines.next()) finds.own(*line);
  return {};
}

}  // namespace wharf::inventory
