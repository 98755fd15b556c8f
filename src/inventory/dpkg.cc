#include "inventory/dpkg.h"

#include <algorithm>

#include "inventory/path.h"
#include "inventory/text.h"

namespace wharf::inventory {
namespace {

constexpr std::string_view kStatus = "var/lib/dpkg/status";
constexpr std::string_view kStatusFolder = "var/lib/dpkg/status.d";
constexpr std::string_view kInfoFolder = "var/lib/dpkg/info";

/// Who builds packages for Debian and Ubuntu that are in neither, by a word of their maintainer's name or address.
constexpr std::string_view kStrangers[] = {"@docker.com",   "docker maintainers",
                                           "@google.com",   "nodesource",
                                           "hashicorp",     "github",
                                           "microsoft.com", "grafana",
                                           "@elastic",      "mongodb",
                                           "kubernetes",    "@gitlab",
                                           "datadog",       "@nginx.com",
                                           "@f5.com",       "jenkins",
                                           "@cloudflare",   "tailscale",
                                           "@hpe.com",      "@influxdata",
                                           "prometheus.io", "@amazon",
                                           "caddy",         "goreleaser",
                                           "@redis.com",    "@confluent",
                                           "rabbitmq.com",  "@mysql"};

struct Stanza {
  std::string_view package, status, version, architecture, source, maintainer;
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
  const std::string maintainer = lower_case(stanza.maintainer);
  if (std::any_of(std::begin(kStrangers), std::end(kStrangers),
                  [&](std::string_view word) { return maintainer.find(word) != std::string::npos; })) {
    finds.add_stranger(stanza.package);
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
    if (name == "Maintainer") stanza.maintainer = value;
    if (name == "Port-Version" || name == "Feature") stanza.foreign = true;
  }
  add(stanza, path, finds);
  return {};
}

bool is_dpkg_list(std::string_view path) {
  return (parent_path(path) == kInfoFolder && path.ends_with(".list")) ||
         (parent_path(path) == kStatusFolder && path.ends_with(".md5sums"));
}

Result<void> read_dpkg_list(std::string_view text, std::string_view path, Finds& finds) {
  std::string_view owner = base_name(path);
  owner = owner.substr(0, owner.rfind('.'));
  const bool sums = parent_path(path) == kStatusFolder;  // distroless images have these alone
  owner = owner.substr(0, owner.find(':'));
  const std::string manual = "usr/share/doc/" + std::string(owner);
  bool of_policy = false, elsewhere = false;
  Lines lines(text);
  while (auto line = lines.next()) {
    std::string_view file = *line;
    if (sums) {
      cut(file, ' ');
      file = trimmed(file);
    }
    finds.own(file, owner);
    if (file.starts_with('/')) file.remove_prefix(1);
    of_policy = of_policy || file.starts_with(manual);
    elsewhere = elsewhere || file.starts_with("opt/") || file.starts_with("usr/local/");
  }
  // Each of the distribution's own has its licence there, and keeps out of the places that are the owner's.
  if (elsewhere || (!sums && !of_policy)) finds.add_stranger(owner);
  return {};
}

}  // namespace wharf::inventory
