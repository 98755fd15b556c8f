#include "vuln/match.h"

#include <algorithm>
#include <array>

#include "vuln/cpe.h"
#include "vuln/ranges.h"
#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

using inventory::Kind;
using inventory::Package;

Scheme scheme_of(Kind kind) {
  switch (kind) {
    case Kind::dpkg:
      return Scheme::dpkg;
    case Kind::apk:
      return Scheme::apk;
    case Kind::rpm:
      return Scheme::rpm;
    case Kind::pypi:
      return Scheme::pep440;
    case Kind::npm:
    case Kind::go:
    case Kind::cargo:
      return Scheme::semver;
    case Kind::gem:
      return Scheme::gem;
    case Kind::maven:
      return Scheme::maven;
    case Kind::composer:
      return Scheme::composer;
    case Kind::nuget:
      return Scheme::nuget;
  }
  return Scheme::semver;
}

/// Whose packages a scope's errata are about, by a word of the vendor's name; scopes that are not here do not ask.
struct Vendor {
  std::string_view scope, word;
};
constexpr std::array kVendors{
    Vendor{kRedHat, "Red Hat"},        Vendor{kRedHat, "CentOS"},  Vendor{"almalinux", "Alma"},
    Vendor{"almalinux", "CloudLinux"}, Vendor{"rocky", "Rocky"},   Vendor{"oracle", "Oracle"},
    Vendor{"amazon", "Amazon"},        Vendor{"fedora", "Fedora"}, Vendor{"sles", "SUSE"},
    Vendor{"opensuse", "SUSE"},        Vendor{"photon", "VMware"}, Vendor{"photon", "Broadcom"}};

bool is_vendors_own(const Package& package, std::string_view scope) {
  if (package.vendor.empty()) return true;
  const std::string_view family = scope.substr(0, scope.find(':'));
  bool asks = false;
  for (const Vendor& vendor : kVendors) {
    if (vendor.scope != family) continue;
    if (package.vendor.find(vendor.word) != std::string::npos) return true;
    asks = true;
  }
  return !asks;
}

/// "nodejs:18:8060020220523160029:…" is of the stream "nodejs:18"; "nodejs:*" is about all streams.
bool is_of_module(const Package& package, std::string_view module) {
  if (module.empty() || package.module.empty()) return module.empty() && package.module.empty();
  const std::string_view label = package.module;
  if (module.ends_with(":*")) return label.starts_with(module.substr(0, module.size() - 1));
  return label.starts_with(module) && (label.size() == module.size() || label[module.size()] == ':');
}

bool is_of_arch(const Package& package, const std::vector<std::string>& arches) {
  if (arches.empty() || package.arch.empty() || package.arch == "noarch") return true;
  return std::ranges::any_of(arches, [&](const auto& arch) { return arch == package.arch || arch == "noarch"; });
}

/// Oracle's live-patched and its FIPS packages are streams of their own.
bool is_same_flavour(std::string_view installed, std::string_view fixed) {
  const auto both = [&](std::string_view mark) {
    return (installed.find(mark) != std::string_view::npos) == (fixed.find(mark) != std::string_view::npos);
  };
  return both(".ksplice") && both("_fips");
}

/// Of the kernel, but not the kernel itself. Much else has a source called "linux-…" (linux-atm, linux-base).
bool is_beside_kernel(const Package& package) {
  if (package.kind != Kind::dpkg || package.name.starts_with("linux-image-")) return false;
  std::string_view source = package.source_name;
  if (source == "linux") return true;
  if (!take(source, "linux-") || source.empty()) return false;
  constexpr std::string_view kParts[] = {"linux-headers-", "linux-modules-",     "linux-tools-",     "linux-libc-dev",
                                         "linux-kbuild-",  "linux-cloud-tools-", "linux-buildinfo-", "linux-compiler-"};
  return is_digit(source.front()) || source.starts_with("signed") ||
         std::ranges::any_of(kParts, [&](std::string_view part) { return package.name.starts_with(part); });
}

/// The version that an entry under `name` is compared with; nothing if the entry is not about this package so named.
std::optional<std::string_view> version_for(const Package& package, const std::string& name, const Affected& affected) {
  const bool distribution = inventory::of_distribution(package.kind);
  const bool binary = affected.named != Named::source && name == package.name;
  const bool source = affected.named != Named::binary && name == package.source_name;
  if (!distribution || binary) return package.version;
  if (!source) return std::nullopt;
  if (package.kind == Kind::rpm) {
    // A source's version has no epoch: only what does not ask for a version can be said by it.
    const bool bounded = !affected.versions.empty() || std::ranges::any_of(affected.ranges, [](const Range& range) {
      return !range.low.empty() || !range.high.empty();
    });
    return bounded ? std::nullopt : std::optional<std::string_view>(package.version);
  }
  return package.source_version.empty() ? package.version : package.source_version;
}

/// The lower of two fixes; an empty one is none.
void lower_to(Scheme scheme, std::string& lowest, const std::string& fix, std::string_view installed) {
  const Order above = compare_versions(scheme, fix, installed);
  if (!above || *above <= 0) return;
  const Order order = lowest.empty() ? Order(std::weak_ordering::greater) : compare_versions(scheme, lowest, fix);
  if (order && *order > 0) lowest = fix;
}

/// EPEL's packages are installed on Red Hat's system and those made like it, and are none of theirs.
bool is_of_epel(const Package& package, const Scope& scope) {
  const std::string_view family = std::string_view(scope.name).substr(0, scope.name.find(':'));
  return package.vendor == "Fedora Project" &&
         (family == kRedHat || family == "almalinux" || family == "rocky" || family == "oracle");
}

}  // namespace

std::optional<Place> place_of(const Package& package, const inventory::Distribution& distribution) {
  if (!inventory::of_distribution(package.kind)) {
    const std::string scope(scope_of_kind(package.kind));
    return Place{{scope, scheme_of(package.kind)}, {look_up_name(scope, package.name)}};
  }
  auto scope = scope_of_distribution(distribution);
  if (scope && is_of_epel(package, *scope)) {
    const auto& version = distribution.version_id;
    scope = Scope{"epel:" + version.substr(0, version.find('.')), Scheme::rpm};
  }
  if (!scope || scope->scheme != scheme_of(package.kind)) return std::nullopt;
  Place place{*std::move(scope), {package.name}};
  if (!package.source_name.empty() && package.source_name != package.name) place.names.push_back(package.source_name);
  return place;
}

std::optional<Hit> hit(const Package& package, const Scope& scope, std::span<const std::string> cpes,
                       const std::string& name, const Said& said) {
  const Affected& affected = said.affected;
  const auto version = version_for(package, name, affected);
  if (!version) return std::nullopt;
  if (is_beside_kernel(package)) return std::nullopt;
  if (package.kind == Kind::rpm) {
    if (!is_vendors_own(package, scope.name) || !is_of_module(package, affected.module) ||
        !is_of_arch(package, affected.arches)) {
      return std::nullopt;
    }
    const bool covered =
        affected.cpes.empty() || std::ranges::any_of(affected.cpes, [&](const auto& product) {
          return std::ranges::any_of(cpes, [&](const auto& installed) { return cpe_covers(product, installed); });
        });
    if (!covered) return std::nullopt;
  }
  if (!is_version(scope.scheme, *version)) return std::nullopt;
  Hit found{said, {}};
  bool inside = std::ranges::any_of(affected.versions, [&](const auto& each) {
    return compare_versions(scope.scheme, each, *version) == std::weak_ordering::equivalent;
  });
  for (const Range& range : affected.ranges) {
    if (scope.name.starts_with("oracle:") && !is_same_flavour(*version, range.high)) continue;
    if (!contains(scope.scheme, range, *version).value_or(false)) continue;
    inside = true;
    if (range.high_fixes) lower_to(scope.scheme, found.fixed_by, range.high, *version);
  }
  if (!inside) return std::nullopt;
  if (found.fixed_by.empty()) {
    for (const auto& fix : affected.fixes) lower_to(scope.scheme, found.fixed_by, fix, *version);
  }
  return found;
}

}  // namespace wharf::vuln
