#pragma once
#include "base/error.h"
#include "vuln/input.h"
#include "vuln/sink.h"

namespace wharf::vuln {

/// OVAL files of distributions: Debian (a version below 0:0 is one that has not been mended), Ubuntu, Red Hat (by CPE
/// and module), AlmaLinux, Rocky, Oracle, SUSE, Photon. Left out: errata that name no CVE, Debian's own errata (their
/// issues stand beside them), platforms that scope.h does not know.
/// Errors: invalid_request for what is no OVAL, and those of the input.
Result<void> read_oval(Input& input, Sink& sink);

}  // namespace wharf::vuln
