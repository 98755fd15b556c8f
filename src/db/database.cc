#include "db/database.h"

#include "db/postgres.h"
#include "db/sqlite.h"
#include "db/uri.h"

namespace wharf::db {

Result<std::unique_ptr<Database>> Database::open(Options options) {
  auto uri = parse_uri(options.uri);
  if (!uri) return uri.error();
  try {
    if (uri->engine == Engine::sqlite) return std::make_unique<SqliteDatabase>(uri->path, options);
    return std::make_unique<PostgresDatabase>(*uri, options);
  } catch (const Accident& accident) {
    return accident.error();
  }
}

}  // namespace wharf::db
