#include "db/database.h"

#include "db/postgres.h"
#include "db/sqlite.h"
#include "db/uri.h"

namespace wharf::db {

Result<std::unique_ptr<Database>> Database::open(Options options) {
  auto uri = parse_uri(options.uri);
  if (!uri) return uri.error();
  std::vector<Uri> replicas;
  for (const std::string& text : options.replica_uris) {
    auto replica = parse_uri(text);
    if (!replica) return replica.error();
    if (uri->engine != Engine::postgres || replica->engine != Engine::postgres) {
      return Error{Errc::invalid_request, "Only PostgreSQL has read replicas"};
    }
    replicas.push_back(std::move(*replica));
  }
  try {
    if (uri->engine == Engine::sqlite) return std::make_unique<SqliteDatabase>(uri->path, options);
    return std::make_unique<PostgresDatabase>(*uri, replicas, options);
  } catch (const Accident& accident) {
    return accident.error();
  }
}

}  // namespace wharf::db
