#pragma once
#include "vuln/version.h"

namespace wharf::vuln {

/// Versions of Alpine: `N(.N)*[letter](_suffix[N])*[~hash][-rN]`; anything else is no version. Source: apk-tools,
/// version.c.
Order compare_apk(std::string_view left, std::string_view right);

}  // namespace wharf::vuln
