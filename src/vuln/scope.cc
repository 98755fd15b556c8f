#include "vuln/scope.h"

#include <array>
#include <utility>

#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

struct Family {
  std::string_view spelling;  ///< As a feed has it.
  std::string_view scope;
  Scheme scheme;
  bool whole_version = false;  ///< "15.5" is a release of its own, not one of "15".
};

constexpr std::array kEcosystems{Family{"PyPI", "pypi", Scheme::pep440},
                                 Family{"npm", "npm", Scheme::semver},
                                 Family{"Go", "go", Scheme::semver},
                                 Family{"Maven", "maven", Scheme::maven},
                                 Family{"RubyGems", "gem", Scheme::gem},
                                 Family{"crates.io", "cargo", Scheme::semver},
                                 Family{"NuGet", "nuget", Scheme::nuget},
                                 Family{"Packagist", "composer", Scheme::composer},
                                 Family{"Debian", "debian", Scheme::dpkg},
                                 Family{"Ubuntu", "ubuntu", Scheme::dpkg, true},
                                 Family{"Alpine", "alpine", Scheme::apk, true},
                                 Family{"Wolfi", "wolfi", Scheme::apk},
                                 Family{"Chainguard", "chainguard", Scheme::apk},
                                 Family{"AlmaLinux", "almalinux", Scheme::rpm},
                                 Family{"Rocky Linux", "rocky", Scheme::rpm},
                                 Family{"Red Hat", kRedHat, Scheme::rpm},
                                 Family{"openSUSE", "opensuse", Scheme::rpm, true},
                                 Family{"SUSE", "sles", Scheme::rpm, true},
                                 Family{"openEuler", "openeuler", Scheme::rpm, true},
                                 Family{"Photon OS", "photon", Scheme::rpm, true},
                                 Family{"Azure Linux", "azurelinux", Scheme::rpm}};

constexpr std::array kPlatforms{
    Family{"Debian GNU/Linux", "debian", Scheme::dpkg},
    Family{"Ubuntu", "ubuntu", Scheme::dpkg, true},
    Family{"Red Hat Enterprise Linux", kRedHat, Scheme::rpm},
    Family{"AlmaLinux", "almalinux", Scheme::rpm},
    Family{"Rocky Linux", "rocky", Scheme::rpm},
    Family{"Oracle Linux", "oracle", Scheme::rpm},
    Family{"Amazon Linux", "amazon", Scheme::rpm, true},
    Family{"openSUSE Leap", "opensuse", Scheme::rpm, true},
    Family{"openSUSE Tumbleweed", "opensuse", Scheme::rpm, true},
    Family{"SUSE Linux Enterprise", "sles", Scheme::rpm, true},
    Family{"VMware Photon OS/Linux", "photon", Scheme::rpm, true},
    Family{"VMware Photon OS", "photon", Scheme::rpm, true},
    Family{"VMware Photon", "photon", Scheme::rpm, true},
    Family{"Photon", "photon", Scheme::rpm, true},
    Family{"Fedora", "fedora", Scheme::rpm, true},
    Family{"Fedora EPEL", "epel", Scheme::rpm},
    Family{"CBL-Mariner", "azurelinux", Scheme::rpm},
    Family{"Azure Linux", "azurelinux", Scheme::rpm},
};

using Named = std::pair<std::string_view, std::string_view>;
constexpr std::array kDebian{Named{"jessie", "8"},    Named{"stretch", "9"},   Named{"buster", "10"},
                             Named{"bullseye", "11"}, Named{"bookworm", "12"}, Named{"trixie", "13"},
                             Named{"forky", "14"},    Named{"duke", "15"},     Named{"sid", "sid"}};
constexpr std::array kUbuntu{Named{"trusty", "14.04"},   Named{"xenial", "16.04"}, Named{"bionic", "18.04"},
                             Named{"focal", "20.04"},    Named{"jammy", "22.04"},  Named{"kinetic", "22.10"},
                             Named{"lunar", "23.04"},    Named{"mantic", "23.10"}, Named{"noble", "24.04"},
                             Named{"oracular", "24.10"}, Named{"plucky", "25.04"}, Named{"questing", "25.10"},
                             Named{"resolute", "26.04"}};

/// The kind of package whose scope bears its name.
std::optional<inventory::Kind> kind_of_scope(std::string_view scope) {
  inventory::Kind kind{};
  if (!boost::describe::enum_from_string(std::string(scope).c_str(), kind)) return std::nullopt;
  return kind;
}

std::optional<std::string_view> find_named(auto& list, std::string_view name) {
  for (const auto& [codename, release] : list) {
    if (codename == name) return release;
  }
  return std::nullopt;
}

/// The release as a scope has it: "12.4" is "12" but for those whose every release is one of its own.
Scope with_release(const Family& family, std::string_view release) {
  if (family.scope == kRedHat || release.empty()) return {std::string(family.scope), family.scheme};
  if (!family.whole_version) release = release.substr(0, release.find('.'));
  return {std::string(family.scope) + ":" + std::string(release), family.scheme};
}

/// What follows "SUSE Linux Enterprise ": "Server 15 SP4" and "Module for Basesystem 15 SP4" are of 15.4, as os-release
/// has it: a module is a repository of the server. Empty for what has releases of its own.
std::string suse_release(std::string_view product) {
  if (product.starts_with("Micro")) return {};
  while (!product.empty() && !is_digit(product.front())) product.remove_prefix(1);
  std::string release(take_run(product, is_digit));
  if (take(product, " SP")) release += "." + std::string(take_run(product, is_digit));
  return release;
}

/// Photon's OVAL says 3 and its os-release 3.0.
std::string photon_release(std::string_view release) {
  return std::string(release) + (release.find('.') == std::string_view::npos ? ".0" : "");
}

}  // namespace

std::optional<Scope> scope_of_ecosystem(std::string_view ecosystem) {
  const std::string_view name = ecosystem.substr(0, ecosystem.find(':'));
  std::string_view rest = ecosystem.substr(std::min(name.size() + 1, ecosystem.size()));
  for (const Family& family : kEcosystems) {
    if (family.spelling != name) continue;
    if (family.scope == "ubuntu") {
      if (rest.starts_with("Pro") || rest.starts_with("FIPS")) return std::nullopt;
      rest = rest.substr(0, rest.find(':'));
    }
    if (family.scope == "opensuse") take(rest, "Leap ");
    if (family.scope == "sles") {
      const std::string release = take(rest, "Linux Enterprise ") ? suse_release(rest) : std::string();
      if (release.empty()) return std::nullopt;
      return with_release(family, release);
    }
    const bool distribution = family.scheme == Scheme::dpkg || family.scheme == Scheme::rpm || family.scope == "alpine";
    if (distribution && rest.empty()) return std::nullopt;
    return with_release(family, distribution ? rest : std::string_view());
  }
  return std::nullopt;
}

std::optional<Scope> scope_of_platform(std::string_view platform) {
  for (const Family& family : kPlatforms) {
    std::string_view rest = platform;
    if (!take(rest, family.spelling)) continue;
    while (take(rest, " ")) {
    }
    if (family.spelling == "openSUSE Tumbleweed") return with_release(family, "Tumbleweed");
    std::string release;
    if (family.scope == "sles") {
      release = suse_release(rest);
    } else {
      release = take_run(rest, [](char c) { return is_digit(c) || c == '.'; });
      if (family.scope == "photon" && !release.empty()) release = photon_release(release);
    }
    if (release.empty()) return std::nullopt;
    return with_release(family, release);
  }
  return std::nullopt;
}

std::optional<std::string_view> debian_release(std::string_view codename) { return find_named(kDebian, codename); }

std::optional<std::string_view> ubuntu_release(std::string_view codename) { return find_named(kUbuntu, codename); }

std::optional<Scheme> scheme_of_scope(std::string_view scope) {
  const std::string_view name = scope.substr(0, scope.find(':'));
  for (const Family& family : kEcosystems) {
    if (family.scope == name) return family.scheme;
  }
  for (const Family& family : kPlatforms) {
    if (family.scope == name) return family.scheme;
  }
  return std::nullopt;
}

std::string look_up_name(std::string_view scope, std::string_view name) {
  const auto kind = kind_of_scope(scope);
  return kind ? inventory::normal_name(*kind, name) : std::string(name);
}

std::string_view scope_of_kind(inventory::Kind kind) {
  const char* name = boost::describe::enum_to_string(kind, "");
  return inventory::of_distribution(kind) ? std::string_view() : std::string_view(name);
}

}  // namespace wharf::vuln
