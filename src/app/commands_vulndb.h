#pragma once
#include <iosfwd>
#include <string>
#include <vector>

#include "db/database.h"

namespace wharf::app {

/// `wharf vulndb …`: the vulnerability data in the configured database, on a stopped data folder or beside a running
/// server. Each writes its answer to `out` and what went wrong to `err`; exit codes: 0 done, 1 failed (nothing
/// changed).

/// `update --from ITEM…`: reads feeds as they are published and puts them in force together. An item is a file, a
/// folder, a URL or the name of a feed (vuln/download.h).
/// JSON: {"feeds": [{"feed", "updated", "advisories", "entries", "skipped"}…]}
struct VulndbUpdateCommand {
  std::vector<std::string> from;
  bool json = false;
};
int update_vulndb(db::Database& database, const VulndbUpdateCommand& command, std::ostream& out, std::ostream& err);

/// `status`: the feeds in force. JSON as above.
struct VulndbStatusCommand {
  bool json = false;
};
int show_vulndb(db::Database& database, const VulndbStatusCommand& command, std::ostream& out, std::ostream& err);

/// `export FILE` and `import FILE`: all feeds in force as one file, for machines without a way out. JSON as above.
struct VulndbFileCommand {
  std::string file;
  bool json = false;
};
int export_vulndb(db::Database& database, const VulndbFileCommand& command, std::ostream& out, std::ostream& err);
int import_vulndb(db::Database& database, const VulndbFileCommand& command, std::ostream& out, std::ostream& err);

/// `remove FEED`: takes a feed out of force.
struct VulndbRemoveCommand {
  std::string feed;
  bool json = false;  ///< {"removed": "osv/PyPI"}
};
int remove_from_vulndb(db::Database& database, const VulndbRemoveCommand& command, std::ostream& out,
                       std::ostream& err);

}  // namespace wharf::app
