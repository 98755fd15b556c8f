#pragma once
#include "vuln/version.h"

namespace wharf::vuln {

/// Maven: lists within lists, with qualifiers of known order. Every text is a version. Source: ComparableVersion in
/// maven-artifact 3.8.
Order compare_maven(std::string_view left, std::string_view right);

}  // namespace wharf::vuln
