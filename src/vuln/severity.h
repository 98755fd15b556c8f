#pragma once
#include <optional>
#include <string_view>

#include "vuln/advisory.h"

namespace wharf::vuln {

/// A feed's own word, whoever's it is: Red Hat's "Moderate" and "Important", GitHub's "MODERATE", Ubuntu's "untriaged";
/// upper and lower case alike. What says nothing is unknown; "Defcon1" of old Clair is critical.
Severity severity_of_word(std::string_view word);

/// Debian's urgency, which may end in `*`. As Clair reads it, so that lists of both agree: "unimportant" is low,
/// "low" medium, "medium" high, "high" critical; "not yet assigned" and "end-of-life" are unknown.
Severity severity_of_urgency(std::string_view urgency);

/// A CVSS base score of version 3 or 4. Source: FIRST, "Qualitative Severity Rating Scale".
Severity severity_of_score(double score);

/// A CVSS v2 base score; its scale ends at high. Source: NVD, "Vulnerability Metrics".
Severity severity_of_v2_score(double score);

/// The base score of a vector, 0.0 to 10.0; nothing if it is none. Reads `CVSS:3.0/…`, `CVSS:3.1/…`, `CVSS:4.0/…`, and
/// version 2 without a prefix or in parentheses. Metrics other than the base ones do not count.
/// Source: FIRST's specifications of CVSS v2.0 section 3.2, v3.1 section 7, v4.0 section 8.
std::optional<double> cvss_score(std::string_view vector);

/// What `cvss_score` says, on the scale of the vector's version; nothing if it is no vector.
std::optional<Severity> severity_of_vector(std::string_view vector);

/// An advisory's judgement: the feed's word, else its first vector that is one, else its score, else unknown.
Severity judged(const Advisory& advisory);

}  // namespace wharf::vuln
