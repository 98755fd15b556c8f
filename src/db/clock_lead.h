#pragma once
#include <chrono>

#include "db/database.h"

namespace wharf::db {

/// By how much the database server's clock is ahead of this machine's (negative: behind), as exactly as its answer was
/// quick. Expiries and leases go by the clocks of nodes, so this tells of nodes that differ. SQLite: 0. Throws
/// Accident.
std::chrono::milliseconds clock_lead(Database& database);

}  // namespace wharf::db
