#pragma once
#include "base/json.h"
#include "vuln/sink.h"

namespace wharf::vuln {

/// Whether `document` looks like a secdb.
bool is_secdb(const json::Object& document);

/// What a secdb is known by: "alpine/v3.20/main", "wolfi", "chainguard".
std::string secdb_name(const json::Object& document);

/// Alpine's, Wolfi's and Chainguard's secdb: `packages[].pkg.{name,secfixes}`, where a fixed version has a list of
/// ids; version "0" means that it never was affected. There are no unfixed issues, and no severities.
/// Source: https://secdb.alpinelinux.org, https://packages.wolfi.dev/os/security.json.
void read_secdb(const json::Object& document, Sink& sink);

}  // namespace wharf::vuln
