#include "inventory/purl.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace wharf::inventory {
namespace {

/// `text` with everything escaped that purl does not let stand in a part.
std::string escaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool stays = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                       c == '-' || c == '_' || c == '~' || c == ':';
    if (stays) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

/// Each part between the slashes escaped by itself.
std::string escaped_path(std::string_view path) {
  std::string out;
  for (;;) {
    const auto slash = path.find('/');
    out += escaped(path.substr(0, slash));
    if (slash == std::string_view::npos) return out;
    out += '/';
    path.remove_prefix(slash + 1);
  }
}

std::string_view type_of(Kind kind) {
  switch (kind) {
    case Kind::dpkg:
      return "deb";
    case Kind::apk:
      return "apk";
    case Kind::rpm:
      return "rpm";
    case Kind::pypi:
      return "pypi";
    case Kind::npm:
      return "npm";
    case Kind::go:
      return "golang";
    case Kind::gem:
      return "gem";
    case Kind::maven:
      return "maven";
    case Kind::cargo:
      return "cargo";
    case Kind::composer:
      return "composer";
    case Kind::nuget:
      return "nuget";
  }
  return "generic";
}

/// Who makes a distribution's packages, as purl's own list has it.
std::string_view vendor_of(const Distribution& distribution) {
  if (distribution.id == "rhel") return "redhat";
  if (distribution.id == "ol") return "oracle";
  if (distribution.id == "amzn") return "amazon";
  if (distribution.id == "opensuse-leap" || distribution.id == "opensuse-tumbleweed") return "opensuse";
  if (distribution.id == "sles") return "suse";
  return distribution.id;
}

/// Namespace and name as one path.
std::string path_of(const Package& package, const Distribution& distribution) {
  if (of_distribution(package.kind)) {
    const auto vendor = vendor_of(distribution);
    return (vendor.empty() ? std::string() : escaped(vendor) + '/') + escaped(package.name);
  }
  if (package.kind == Kind::maven) {
    const auto colon = package.name.find(':');
    if (colon == std::string::npos) return escaped(package.name);
    return escaped(std::string_view(package.name).substr(0, colon)) + '/' +
           escaped(std::string_view(package.name).substr(colon + 1));
  }
  // NuGet's names keep their case; PyPI's and Composer's do not.
  if (package.kind == Kind::nuget) return escaped(package.name);
  return escaped_path(normal_name(package.kind, package.name));
}

}  // namespace

std::string purl_of(const Package& package, const Distribution& distribution) {
  std::string purl = "pkg:" + std::string(type_of(package.kind)) + '/' + path_of(package, distribution);
  std::string_view version = package.version;
  std::vector<std::pair<std::string_view, std::string>> qualifiers;
  if (package.kind == Kind::rpm) {
    const auto colon = version.find(':');
    if (colon != std::string_view::npos) {
      if (version.substr(0, colon) != "0") qualifiers.emplace_back("epoch", version.substr(0, colon));
      version.remove_prefix(colon + 1);
    }
    if (!package.module.empty()) qualifiers.emplace_back("rpmmod", package.module);
  }
  if (!version.empty()) purl += '@' + escaped(version);
  if (of_distribution(package.kind)) {
    if (!package.arch.empty()) qualifiers.emplace_back("arch", package.arch);
    if (!distribution.id.empty()) {
      qualifiers.emplace_back("distro", distribution.version_id.empty()
                                            ? distribution.id
                                            : distribution.id + '-' + distribution.version_id);
    }
  }
  std::ranges::sort(qualifiers);
  char separator = '?';
  for (const auto& [name, value] : qualifiers) {
    purl += separator;
    purl.append(name).append("=").append(escaped(value));
    separator = '&';
  }
  return purl;
}

}  // namespace wharf::inventory
