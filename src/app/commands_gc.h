#pragma once
#include <iosfwd>

#include "service/gc.h"

namespace wharf::app {

/// `wharf gc`: beside a running server or on a stopped data folder.
struct GcCommand {
  bool dry_run = false;  ///< Say what would be freed, and change nothing.
  bool json = false;     ///< {"dry_run", "namespaces", "repositories", "tags", "manifests", "blobs", "bytes", …}
};
/// Writes what was freed (or would be) to `out` and what went wrong to `err`; answers the exit code: 0 done, 1 failed.
int collect_garbage(service::GarbageService& garbage, const GcCommand& command, std::ostream& out, std::ostream& err);

}  // namespace wharf::app
