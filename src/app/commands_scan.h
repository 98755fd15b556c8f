#pragma once
#include <iosfwd>
#include <string>

#include "db/database.h"

namespace wharf::app {

/// `wharf scan PATH`: what is in an image or a file system on this disk, and what that is known for.
struct ScanCommand {
  std::string path;
  std::string format = "table";  ///< table, json, sarif, cyclonedx, spdx.
  std::string fail_on;           ///< "high": exit with 3 when something as bad as that, or worse, is found. "": never.
  bool fixable_only = false;     ///< Leave out what no fix is known for.
  bool packages = false;         ///< In the table: list the packages, too.
  bool quiet = false;            ///< No progress on `err`.
};
/// Writes what was found to `out`, progress and what went wrong to `err`. Exit code: 0 done; 1 it could not be read;
/// 2 a wrong option; 3 as `fail_on` says. `database` has the vulnerability data (`wharf vulndb`); null: packages alone.
int scan_path(db::Database* database, const ScanCommand& command, std::ostream& out, std::ostream& err);

}  // namespace wharf::app
