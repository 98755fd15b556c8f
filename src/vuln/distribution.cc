// Which data a distribution's packages are matched with; declared in scope.h.
#include <array>

#include "vuln/scope.h"
#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

/// How much of a version_id names a release.
enum class Release { none, major, minor, whole };

struct Family {
  std::string_view id, scope;
  Scheme scheme;
  Release release;
};

constexpr std::array kFamilies{
    Family{"debian", "debian", Scheme::dpkg, Release::major},
    Family{"ubuntu", "ubuntu", Scheme::dpkg, Release::whole},
    Family{"alpine", "alpine", Scheme::apk, Release::minor},
    Family{"wolfi", "wolfi", Scheme::apk, Release::none},
    Family{"chainguard", "chainguard", Scheme::apk, Release::none},
    Family{"rhel", kRedHat, Scheme::rpm, Release::none},
    Family{"centos", kRedHat, Scheme::rpm, Release::none},
    Family{"almalinux", "almalinux", Scheme::rpm, Release::major},
    Family{"rocky", "rocky", Scheme::rpm, Release::major},
    Family{"ol", "oracle", Scheme::rpm, Release::major},
    Family{"amzn", "amazon", Scheme::rpm, Release::whole},
    Family{"photon", "photon", Scheme::rpm, Release::whole},
    Family{"sles", "sles", Scheme::rpm, Release::whole},
    Family{"opensuse-leap", "opensuse", Scheme::rpm, Release::whole},
    Family{"opensuse-tumbleweed", "opensuse", Scheme::rpm, Release::whole},
    Family{"fedora", "fedora", Scheme::rpm, Release::whole},
    Family{"azurelinux", "azurelinux", Scheme::rpm, Release::major},
    Family{"mariner", "azurelinux", Scheme::rpm, Release::major},
    Family{"openEuler", "openeuler", Scheme::rpm, Release::whole},
};

std::string_view until_dot(std::string_view text, int dots) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && dots-- == 0) break;
  }
  return text.substr(0, at);
}

/// Alpine between two releases calls itself 3.21.0_alpha20240923, and "Alpine Linux edge".
std::string alpine_release(const inventory::Distribution& distribution) {
  const std::string_view version = distribution.version_id;
  if (version.find("_alpha") != std::string_view::npos || version == "edge" ||
      distribution.pretty_name.ends_with(" edge")) {
    return "edge";
  }
  return version.empty() ? std::string() : "v" + std::string(until_dot(version, 1));
}

std::string release_of(const Family& family, const inventory::Distribution& distribution) {
  if (family.scope == "alpine") return alpine_release(distribution);
  const std::string_view version = distribution.version_id;
  if (family.id == "opensuse-tumbleweed") return "Tumbleweed";
  if (version.empty() && family.scope == "debian") {
    // Testing and unstable have no number yet.
    return std::string(debian_release(distribution.codename).value_or(""));
  }
  if (version.empty() && family.scope == "ubuntu") {
    return std::string(ubuntu_release(distribution.codename).value_or(""));
  }
  return std::string(family.release == Release::major ? until_dot(version, 0) : version);
}

}  // namespace

std::optional<Scope> scope_of_distribution(const inventory::Distribution& distribution) {
  for (const Family& family : kFamilies) {
    if (!equal_caseless(family.id, distribution.id)) continue;
    if (family.release == Release::none) return Scope{std::string(family.scope), family.scheme};
    const std::string release = release_of(family, distribution);
    if (release.empty()) return std::nullopt;
    return Scope{std::string(family.scope) + ":" + release, family.scheme};
  }
  return std::nullopt;
}

}  // namespace wharf::vuln
