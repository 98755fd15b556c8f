#pragma once
#include "vuln/version.h"

namespace wharf::vuln {

/// npm, Go and Rust: numbers, then `-` and a pre-release; what follows `+` does not count, nor does a `v` before it
/// all. Missing numbers are 0. Go's own versions may be written `go1.21rc2`. Source: semver.org 2.0.0, section 11.
Order compare_semver(std::string_view left, std::string_view right);

/// The same with pre-releases whose upper and lower case are alike. Source: NuGet.Versioning.
Order compare_nuget(std::string_view left, std::string_view right);

}  // namespace wharf::vuln
