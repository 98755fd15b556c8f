#pragma once
#include <string>
#include <string_view>

#include "db/database.h"

namespace wharf::db {

/// What a database URI says, without opening anything.
struct Uri {
  Engine engine = Engine::sqlite;
  std::string path;              ///< SQLite: the file.
  std::string conninfo;          ///< PostgreSQL: the URI as libpq takes it.
  bool keeps_statements = true;  ///< PostgreSQL: false after `wharf_prepare=off`, for poolers in transaction mode.
};

/// Reads `sqlite:///relative`, `sqlite:////absolute`, `postgresql://…`, `postgres://…` and SQLAlchemy's
/// `postgresql+driver://…`. Takes `wharf_prepare=on|off` out of the query; all else is libpq's.
/// Errors: invalid_request; the text never has any of the URI, which holds a password.
Result<Uri> parse_uri(std::string_view text);

}  // namespace wharf::db
