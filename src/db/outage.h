#pragma once
#include <chrono>

#include "db/database.h"

namespace wharf::db {

/// False from when the server was found not to answer until it answers again; meanwhile transactions are refused at
/// once, but for one at a time that tries. Costs nothing. SQLite: always true.
bool is_reachable(const Database& database);
/// For how long it has not been reachable; 0 while it is.
std::chrono::milliseconds time_away(const Database& database);

}  // namespace wharf::db
