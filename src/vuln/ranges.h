#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "vuln/advisory.h"
#include "vuln/version.h"

/// Ranges of versions: what they hold, and how the feeds write them.
namespace wharf::vuln {

/// Whether `version` lies in `range`; nothing if the version or a bound is none of the scheme's.
std::optional<bool> contains(Scheme scheme, const Range& range, std::string_view version);

/// One event of an OSV range.
struct Event {
  enum class Kind { introduced, fixed, limit, last_affected } kind;
  std::string_view version;
};

/// The most events that a range may have; the work grows with their square.
inline constexpr std::size_t kMostEvents = 500;

/// What OSV's events mean, whatever order they stand in; "0" is the beginning. Nothing if a version is none, or for
/// more than kMostEvents. Source: OSV schema, "Evaluation".
std::optional<std::vector<Range>> ranges_of_events(Scheme scheme, std::span<const Event> events);

/// GitLab's and npm's form: alternatives between `||`, each a list of `>=1.2 <2`, `=1.0`, `*`. Nothing if it is none.
std::optional<std::vector<Range>> ranges_of_comparisons(std::string_view text);

/// Maven's form: `[2.0,2.3.1],[2.4.0,2.12.2)`, `(,1.0]`, `[1.0]`. Nothing if it is none.
std::optional<std::vector<Range>> ranges_of_brackets(std::string_view text);

/// All versions that satisfy none of these requirements of RubyGems, each a list of conditions such as
/// `~> 2.2.6, >= 2.2.6.4`. Nothing if one cannot be read.
std::optional<std::vector<Range>> ranges_outside_requirements(std::span<const std::string> requirements);

}  // namespace wharf::vuln
