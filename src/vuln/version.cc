#include "vuln/version.h"

#include "vuln/version_apk.h"
#include "vuln/version_composer.h"
#include "vuln/version_dpkg.h"
#include "vuln/version_gem.h"
#include "vuln/version_maven.h"
#include "vuln/version_pep440.h"
#include "vuln/version_rpm.h"
#include "vuln/version_semver.h"

namespace wharf::vuln {

Order compare_versions(Scheme scheme, std::string_view left, std::string_view right) {
  if (left.size() > kLongestVersion || right.size() > kLongestVersion) return std::nullopt;
  switch (scheme) {
    case Scheme::dpkg:
      return compare_dpkg(left, right);
    case Scheme::apk:
      return compare_apk(left, right);
    case Scheme::rpm:
      return compare_rpm(left, right);
    case Scheme::semver:
      return compare_semver(left, right);
    case Scheme::pep440:
      return compare_pep440(left, right);
    case Scheme::gem:
      return compare_gem(left, right);
    case Scheme::maven:
      return compare_maven(left, right);
    case Scheme::composer:
      return compare_composer(left, right);
    case Scheme::nuget:
      return compare_nuget(left, right);
  }
  return std::nullopt;
}

bool is_version(Scheme scheme, std::string_view version) {
  return compare_versions(scheme, version, version).has_value();
}

}  // namespace wharf::vuln
