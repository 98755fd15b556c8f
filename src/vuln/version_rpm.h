#pragma once
#include "vuln/version.h"

namespace wharf::vuln {

/// `[epoch:]version[-release]`; a missing epoch is 0. Where one of the two has no release, releases are not compared.
/// Source: rpmvercmp in rpm, with `~` and `^`.
Order compare_rpm(std::string_view left, std::string_view right);

}  // namespace wharf::vuln
