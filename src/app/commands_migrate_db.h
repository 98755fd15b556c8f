#pragma once
#include <iosfwd>
#include <string>

#include "app/config.h"

namespace wharf::app {

/// `wharf migrate-db`: from the SQLite of a stopped data folder to PostgreSQL.
struct MigrateDbCommand {
  std::string to;     ///< postgresql://…: an empty database, or one whose tables are here and empty.
  bool json = false;  ///< {"tables": [{"name", "rows"}]}
};
/// Copies the configured database to `command.to`, in one transaction. The source stays as it is. Writes what was moved
/// to `out`, progress and what went wrong to `err`; answers the exit code: 0 done, 1 failed, and then nothing is there.
int migrate_db(const Config& config, const MigrateDbCommand& command, std::ostream& out, std::ostream& err);

}  // namespace wharf::app
