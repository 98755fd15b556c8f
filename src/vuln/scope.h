#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "inventory/package.h"
#include "vuln/version.h"

/// Whose packages an entry is about: a release of a distribution ("debian:12", "alpine:v3.20", "wolfi", "redhat") or an
/// ecosystem ("pypi", "npm", "go", "maven", "gem", "cargo", "nuget", "composer"). All of Red Hat's releases are one
/// scope: CPEs tell its products apart.
namespace wharf::vuln {

struct Scope {
  std::string name;
  Scheme scheme;
  friend bool operator==(const Scope&, const Scope&) = default;
};

inline constexpr std::string_view kRedHat = "redhat";

/// What OSV calls an ecosystem: "PyPI", "Debian:12", "Ubuntu:22.04:LTS", "Red Hat:enterprise_linux:9::appstream".
/// Nothing for those that are not matched here, extended support of Ubuntu among them.
std::optional<Scope> scope_of_ecosystem(std::string_view ecosystem);

/// What OVAL calls a platform: "Debian GNU/Linux 12", "Ubuntu 22.04 LTS", "Red Hat Enterprise Linux 9".
std::optional<Scope> scope_of_platform(std::string_view platform);

/// Debian's releases by code name: "bookworm" is 12. Nothing for one that is not known.
std::optional<std::string_view> debian_release(std::string_view codename);

/// Ubuntu's by code name: "jammy" is "22.04".
std::optional<std::string_view> ubuntu_release(std::string_view codename);

/// The rules of a scope's versions.
std::optional<Scheme> scheme_of_scope(std::string_view scope);

/// The scope of a package that no distribution keeps: "pypi" of Kind::pypi. Empty for the others.
std::string_view scope_of_kind(inventory::Kind kind);

/// The scope of a distribution's packages, by its id and release; nothing where there cannot be data.
std::optional<Scope> scope_of_distribution(const inventory::Distribution& distribution);

/// The name under which a package of `scope` is kept: as it is, but for ecosystems where several spellings are one.
std::string look_up_name(std::string_view scope, std::string_view name);

}  // namespace wharf::vuln
