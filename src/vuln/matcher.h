#pragma once
#include <span>
#include <vector>

#include "db/database.h"
#include "inventory/package.h"
#include "vuln/lookups.h"
#include "vuln/match.h"

namespace wharf::vuln {

/// What the data in force says of each of `packages`, in their order. All are of one image, hence of one distribution.
/// Statements, for what `lookups` does not have yet: one for every 32 names, every 16 blocks of advisories, every 32
/// notes. Nothing is waited for.
/// Throws as find_entries.
std::vector<std::vector<Finding>> find_vulnerabilities(db::Tx& tx, Lookups& lookups,
                                                       std::span<const inventory::Package> packages,
                                                       const inventory::Distribution& distribution);

}  // namespace wharf::vuln
