#pragma once
#include "vuln/version.h"

namespace wharf::vuln {

/// PHP: `[v]N(.N)*[-stability[N]][-dev]`; the name of a branch is no version. Source: composer/semver, VersionParser.
Order compare_composer(std::string_view left, std::string_view right);

}  // namespace wharf::vuln
