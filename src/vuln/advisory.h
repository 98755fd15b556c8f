#pragma once
#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What feeds say, in one form for all of them.
namespace wharf::vuln {

/// How bad it is, in Quay's words; a later one is worse.
BOOST_DEFINE_ENUM_CLASS(Severity, unknown, negligible, low, medium, high, critical)

/// One issue, or one erratum with the issues that it fixes, as its feed describes it.
struct Advisory {
  std::string id;                      ///< The feed's own name for it: "CVE-2023-0464", "GHSA-…", "RHSA-2022:6224".
  std::vector<std::string> aliases{};  ///< Other names of the same issue.
  std::vector<std::string> cves{};     ///< What an erratum fixes, where it is not the same issue.
  std::string title{};
  std::string description{};              ///< At most kLongestDescription bytes.
  std::vector<std::string> links{};       ///< The best first.
  std::vector<std::string> vectors{};     ///< CVSS, the newest version first.
  double score = 0;                       ///< Where the feed has a score but no vector; 0: none.
  Severity severity = Severity::unknown;  ///< In the feed's own judgement; unknown: it has none.
  std::string published{};                ///< RFC 3339, or a date.
  friend bool operator==(const Advisory&, const Advisory&) = default;
};
BOOST_DESCRIBE_STRUCT(Advisory, (), (id, aliases, cves, title, description, links, vectors, score, severity, published))

/// Versions from `low` to `high`. An empty `low` is the beginning; an empty `high` is no end.
struct Range {
  std::string low{};
  std::string high{};
  bool after_low = false;   ///< `low` itself is not in it.
  bool until_high = false;  ///< `high` itself is in it.
  bool high_fixes = false;  ///< `high` is the version that mended it.
  friend bool operator==(const Range&, const Range&) = default;
};
BOOST_DESCRIBE_STRUCT(Range, (), (low, high, after_low, until_high, high_fixes))

/// Which of a distribution package's two names an entry is about.
BOOST_DEFINE_ENUM_CLASS(Named, source, binary, either)

/// One package that one advisory is about, in one scope: the body of a look-up by scope and name.
struct Affected {
  std::uint64_t advisory = 0;           ///< Its number within the import.
  std::vector<Range> ranges{};          ///< It is affected if its version lies in any of these…
  std::vector<std::string> versions{};  ///< …or is one of these.
  std::vector<std::string> fixes{};     ///< Versions that mended it, where the ranges do not say.
  std::vector<std::string> arches{};    ///< Only these; empty: all.
  std::vector<std::string> cpes{};      ///< Only packages from repositories with one of these; empty: all.
  std::string module{};                 ///< "nodejs:18": only of this module's stream. Empty: only of none.
  Named named = Named::either;
  Severity severity = Severity::unknown;  ///< The distribution's word for this package; unknown: the advisory's.
  bool spared = false;                    ///< The other way round: it is not affected, whatever else is said.
  friend bool operator==(const Affected&, const Affected&) = default;
};
BOOST_DESCRIBE_STRUCT(Affected, (), (advisory, ranges, versions, fixes, arches, cpes, module, named, severity, spared))

/// Bounds on what a feed may say; what is more is cut off.
inline constexpr std::size_t kLongestDescription = 4096;
inline constexpr std::size_t kLongestTitle = 512;
inline constexpr std::size_t kLongestName = 256;
inline constexpr std::size_t kLongestLink = 1024;
inline constexpr std::size_t kMostLinks = 12;
inline constexpr std::size_t kMostAliases = 512;
inline constexpr std::size_t kMostVersions = 20'000;
inline constexpr std::size_t kMostRanges = 2'000;

}  // namespace wharf::vuln
