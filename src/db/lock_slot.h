#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"

namespace wharf::db {

/// Rows of the table `lock_slot`, which Tx::lock locks on PostgreSQL: 0 and up. Programs of two releases that run side
/// by side agree on their number and on lock_slot().
inline constexpr std::int64_t kLockSlots = 16'385;

/// What migrations lock, for as long as a step takes. Its row, the last, is nobody else's.
inline constexpr std::string_view kSchemaLock = "wharf.schema";

/// The row for a lock's name. Names may share one: they wait for each other then, and nothing else.
std::int64_t lock_slot(std::string_view name);

/// Tx::lock for several names, in the order of their rows: whoever locks more than one thing at once does it by this.
void lock_all(Tx& tx, std::vector<std::string> names);

}  // namespace wharf::db
