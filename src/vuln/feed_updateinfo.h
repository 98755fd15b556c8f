#pragma once
#include <string_view>

#include "vuln/input.h"
#include "vuln/sink.h"

namespace wharf::vuln {

/// Whether this is the beginning of an updateinfo.xml.
bool is_updateinfo(std::string_view beginning);

/// The errata of a repository of rpms, by binary name, architecture and module: Amazon's (ALAS), Fedora's and EPEL's,
/// AlmaLinux', Rocky's and Oracle's. Whose an erratum is, is told by its name; of which release, by the release of its
/// packages ("….amzn2023", "….fc39", "….el9"). Those that are no security update and name no CVE are left out, and so
/// are Red Hat's own: their data says for which product they hold.
/// Source: createrepo_c, updateinfo.xml; createrepo's docs/updateinfo.
Result<void> read_updateinfo(Input& input, Sink& sink);

}  // namespace wharf::vuln
