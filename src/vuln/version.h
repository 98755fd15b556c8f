#pragma once
#include <boost/describe.hpp>
#include <compare>
#include <optional>
#include <string_view>

namespace wharf::vuln {

/// Whose rules say which of two versions is the later one.
BOOST_DEFINE_ENUM_CLASS(Scheme, dpkg, apk, rpm, semver, pep440, gem, maven, composer, nuget)

/// How two versions stand; nothing where one of them is no version of the scheme: such a version matches nothing.
using Order = std::optional<std::weak_ordering>;

/// No version that anybody gives out is as long; what is longer is no version.
inline constexpr std::size_t kLongestVersion = 512;

/// The order of `left` and `right` by the rules of `scheme`.
Order compare_versions(Scheme scheme, std::string_view left, std::string_view right);

/// Whether `version` is one, by the rules of `scheme`.
bool is_version(Scheme scheme, std::string_view version);

}  // namespace wharf::vuln
