#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"

namespace wharf::db {

/// What a database URI says, without opening anything.
struct Uri {
  Engine engine = Engine::sqlite;
  std::string path;      ///< SQLite: the file.
  std::string conninfo;  ///< PostgreSQL: the URI as libpq takes it.
  /// PostgreSQL: whether a connection is one session of the server's, so that it keeps prepared statements and
  /// settings: `wharf_prepare=on|off` says so. Nothing: each connection finds out.
  std::optional<bool> keeps_statements;
};

/// Reads `sqlite:///relative`, `sqlite:////absolute`, `postgresql://…`, `postgres://…` and SQLAlchemy's
/// `postgresql+driver://…`. Takes `wharf_prepare=on|off` out of the query; all else is libpq's.
/// Errors: invalid_request; the text never has any of the URI, which holds a password.
Result<Uri> parse_uri(std::string_view text);

/// One of the servers that a PostgreSQL URI names; what is empty is libpq's default.
struct UriHost {
  std::string host;
  std::string address;  ///< `hostaddr`.
  std::string port;
};
/// The servers of a PostgreSQL URI in its order, at least one. Errors: invalid_request if libpq cannot read it.
Result<std::vector<UriHost>> hosts(const Uri& uri);

/// "host:port/database" of a PostgreSQL URI: what can be shown of it. Errors: invalid_request if libpq cannot read it.
Result<std::string> server_name(const Uri& uri);

}  // namespace wharf::db
