#pragma once
#include "base/json.h"
#include "vuln/sink.h"

namespace wharf::vuln {

/// Whether `document` looks like CSAF.
bool is_csaf(const json::Object& document);

/// One VEX document of Red Hat: what is fixed, by binary package and version; what is affected and not fixed, by source
/// package; what is not affected, where the same document says that something is. Each holds for the products named by
/// its CPEs. Deleted documents are left out, and whole containers. Source: CSAF 2.0, profile "VEX";
/// https://security.access.redhat.com/data/csaf/v2/vex/.
void read_vex(const json::Object& document, Sink& sink);

/// Whether `document` looks like the list of Red Hat's repositories.
bool is_repository_list(const json::Object& document);

/// Red Hat's repositories: the CPEs of each by its name, kept as a note under kRepositoryScope, one CPE a line.
/// Source: https://security.access.redhat.com/data/metrics/repository-to-cpe.json.
void read_repository_list(const json::Object& document, Sink& sink);

inline constexpr std::string_view kRepositoryScope = "redhat-repository";

}  // namespace wharf::vuln
