#include "app/commands_migrate_db.h"

#include <fmt/format.h>

#include <ostream>

#include "app/command_failure.h"
#include "app/core.h"
#include "app/counted.h"
#include "app/progress_line.h"
#include "app/serve.h"
#include "base/json.h"
#include "db/migrate.h"
#include "db/transfer.h"

namespace wharf::app {
namespace {

struct TableShown {
  std::string name;
  std::int64_t rows = 0;
};
BOOST_DESCRIBE_STRUCT(TableShown, (), (name, rows))

struct TablesShown {
  std::vector<TableShown> tables;
};
BOOST_DESCRIBE_STRUCT(TablesShown, (), (tables))

Result<std::vector<db::TransferredTable>> move(const Config& config, const MigrateDbCommand& command,
                                               std::ostream& err) {
  if (!config.database_uri().starts_with("sqlite:")) {
    return Error{Errc::invalid_request, "The database to move from is not SQLite: see DB_URI"};
  }
  // What a running server writes meanwhile would be lost.
  const auto lock = DataLock::take(config.data);
  if (!lock) return lock.error();
  const auto core = Core::open(config, {.memory_blobs = true});  // with its migrations run
  if (!core) return core.error();
  const auto target = db::Database::open({.uri = command.to});
  if (!target) return target.error();
  if ((*target)->engine() != db::Engine::postgres) {
    return Error{Errc::invalid_request, "--to: must be postgresql://USER:PASSWORD@HOST/NAME"};
  }
  if (const auto ran = db::migrate(**target, db::migrations()); !ran) return ran.error();
  ProgressLine line(err, !command.json);
  const auto progress = [&line](const db::TransferProgress& at) {
    line.at(static_cast<std::uint64_t>(at.done), static_cast<std::uint64_t>(at.total),
            counted(at.done, "row", "rows") + ", " + at.table);
  };
  return db::transfer((*core)->database(), **target, progress);
}

}  // namespace

int migrate_db(const Config& config, const MigrateDbCommand& command, std::ostream& out, std::ostream& err) {
  try {
    const auto moved = move(config, command, err);
    if (!moved) return fail(moved.error(), err);
    TablesShown shown;
    std::int64_t rows = 0;
    for (const auto& table : *moved) {
      shown.tables.push_back({table.name, table.rows});
      rows += table.rows;
    }
    if (command.json) {
      out << json::encode(shown) << "\n";
      return 0;
    }
    out << "Moved " << counted(rows, "row", "rows") << " of "
        << counted(static_cast<std::int64_t>(shown.tables.size()), "table", "tables") << ".\n"
        << "Set DB_URI to the new database. Blobs and keys/ stay where they are.\n";
    return 0;
  } catch (const Accident& accident) {
    return fail(accident.error(), err);
  }
}

}  // namespace wharf::app
