#pragma once
#include "vuln/version.h"

namespace wharf::vuln {

/// Versions of Debian and Ubuntu: `[epoch:]upstream[-revision]`. A missing epoch or revision is 0; `~` comes before the
/// end. Source: deb-version(7), Debian Policy 5.6.12.
Order compare_dpkg(std::string_view left, std::string_view right);

}  // namespace wharf::vuln
