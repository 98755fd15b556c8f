#pragma once
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "vuln/report.h"

namespace wharf::vuln {

/// What an inventory is of, and when it was made.
struct SbomSubject {
  std::string name;      ///< "registry.example.org/acme/app", or a file's name.
  std::string version;   ///< The manifest's digest; what the document's own number is made from.
  std::string base_url;  ///< Under which documents are named: "https://registry.example.org".
  Millis at_ms = 0;
};

/// The packages of a report, and what they are known for, as CycloneDX 1.5. Source: CycloneDX JSON reference.
json::Object cyclonedx(const Report& report, const SbomSubject& subject);

/// The packages of a report as SPDX 2.3. Source: SPDX specification, "Package information".
json::Object spdx(const Report& report, const SbomSubject& subject);

}  // namespace wharf::vuln
