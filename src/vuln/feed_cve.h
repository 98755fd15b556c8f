#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "vuln/input.h"
#include "vuln/sink.h"

/// What others say of CVEs, whatever package has them: how bad (NVD), how likely (EPSS), whether it happens (KEV).
/// These are notes: a thousand CVEs to a note, a line each, "CVE-2021-44228<tab>…".
namespace wharf::vuln {

inline constexpr std::string_view kNvdScope = "cve-nvd";    ///< The line's rest: a CVSS vector.
inline constexpr std::string_view kEpssScope = "cve-epss";  ///< Probability and percentile, "0.97547<tab>0.99996".
inline constexpr std::string_view kKevScope = "cve-kev";    ///< The day on which it was added, "2021-12-10".

/// What a feed's advisory says of the CVE or the GHSA that it is about, for other feeds' advisories of the same issue
/// that do not say how bad it is: a CVSS vector.
inline constexpr std::string_view kAliasScope = "cve-alias";

/// The note that has `cve`: "2021-44" of CVE-2021-44228; nothing for what is no CVE.
std::optional<std::string> note_of_cve(std::string_view cve);

/// The same under kAliasScope: a CVE's as above, "GHSA-jf" of GHSA-jfh8-c2jp-5v3q; nothing for other names.
std::optional<std::string> note_of_alias(std::string_view name);

/// The rest of the line that `note` has of `cve`.
std::optional<std::string_view> line_of_cve(std::string_view note, std::string_view cve);

/// EPSS scores. Source: https://epss.empiricalsecurity.com/epss_scores-current.csv.gz (FIRST).
bool is_epss(std::string_view beginning);
Result<void> read_epss(Input& input, Sink& sink);

/// Known exploited vulnerabilities. Source: https://www.cisa.gov/known-exploited-vulnerabilities-catalog (CISA).
bool is_kev(std::string_view beginning);
Result<void> read_kev(Input& input, Sink& sink);

/// NVD's own scores: version 4, else 3, else 2. Source: https://nvd.nist.gov/feeds/json/cve/2.0/.
bool is_nvd(std::string_view beginning);
Result<void> read_nvd(Input& input, Sink& sink);

}  // namespace wharf::vuln
