#pragma once
#include <string>

#include "inventory/package.h"

namespace wharf::inventory {

/// The package URL by which other tools know a package: "pkg:deb/debian/curl@7.88.1-5?arch=amd64&distro=debian-12".
/// Source: package-url/purl-spec, "Package URL specification" and "purl types".
std::string purl_of(const Package& package, const Distribution& distribution);

}  // namespace wharf::inventory
