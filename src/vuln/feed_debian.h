#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "vuln/input.h"
#include "vuln/sink.h"

namespace wharf::vuln {

/// Whether a text begins like the tracker's: an object of packages, each an object of issues.
bool is_debian_tracker(std::string_view beginning);

/// Debian's security tracker: source package -> issue -> releases. An issue that is open has no fixed version; one
/// whose fixed version is "0" never was there, and other feeds may not say that it was; an undetermined one is nobody's
/// yet and is left out. What was postponed or ignored is affected all the same. Memory: one issue, and the issues'
/// numbers. Source: https://security-tracker.debian.org/tracker/data/json. Errors: malformed_json, payload_too_large,
/// and those of the input.
Result<void> read_debian_tracker(Input& input, Sink& sink);

}  // namespace wharf::vuln
