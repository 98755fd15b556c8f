#pragma once
#include "base/json.h"
#include "vuln/sink.h"

namespace wharf::vuln {

/// Whether `record` looks like an OSV record: it has an id and says what is affected.
bool is_osv(const json::Object& record);

/// One record of OSV, of any ecosystem that scope.h knows. Left out: withdrawn ones, what RustSec calls unmaintained or
/// a notice, errata of AlmaLinux and Rocky that name no CVE, Go's toolchain. Source: OSV schema 1.7.
void read_osv(const json::Object& record, Sink& sink);

}  // namespace wharf::vuln
