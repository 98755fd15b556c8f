#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "db/database.h"

namespace wharf::db {

/// A read replica as it was found last.
struct ReplicaStatus {
  std::string name;         ///< "host:port/database".
  bool used = false;        ///< Reads that may lag go there.
  std::uint64_t reads = 0;  ///< Transactions that it answered.
  /// How old what it shows is at most: seconds since it had all that the primary had then. NaN before that is known.
  double lag_seconds = 0;
  std::uint64_t lag_bytes = 0;  ///< Of the primary's log that it has not replayed.
};

struct ReplicaStatuses {
  std::vector<ReplicaStatus> replicas;  ///< In the order of the options.
  std::uint64_t reads_on_primary = 0;   ///< Reads that may lag and that no replica answered.
};

/// Both are empty without replicas.
ReplicaStatuses replica_statuses(const Database& database);

}  // namespace wharf::db
