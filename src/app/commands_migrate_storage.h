#pragma once
#include <cstdint>
#include <iosfwd>
#include <string>

#include "app/core.h"

namespace wharf::app {

/// `wharf migrate-storage`: blobs from one storage location to another, beside running servers.
struct MigrateStorageCommand {
  std::string to;          ///< A name of DISTRIBUTED_STORAGE_CONFIG.
  std::string from;        ///< Only what lies there; "": all that is elsewhere.
  bool keep = false;       ///< Leave the bytes where they were, too.
  std::int64_t limit = 0;  ///< So many blobs at most; 0: all.
  int parallel = 4;        ///< So many at a time.
  bool json = false;       ///< {"to", "moved", "bytes", "skipped", "gone", "failed", "failures": [{"digest", "error"}]}
};
/// Moves what there is to move; what has moved stays moved, whatever comes after. Writes a summary to `out`; progress
/// and each failure to `err`. Answers the exit code: 0 all moved, 1 a blob could not be (it stays where it was), or
/// nothing could.
int migrate_storage(Core& core, const MigrateStorageCommand& command, std::ostream& out, std::ostream& err);

}  // namespace wharf::app
