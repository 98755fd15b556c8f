#pragma once
#include "vuln/version.h"

namespace wharf::vuln {

/// RubyGems: `-` stands for `.pre.`, a segment with letters makes a pre-release. Source: Gem::Version.
Order compare_gem(std::string_view left, std::string_view right);

}  // namespace wharf::vuln
