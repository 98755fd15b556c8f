#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// The audit log: rows of `log_entry`.
namespace wharf::store {

struct NewLogEntry {
  Millis at_ms = 0;
  std::string kind;                          ///< Quay's: "create_repo".
  std::optional<std::int64_t> namespace_id;  ///< None: of the registry as a whole.
  std::optional<std::int64_t> repository_id;
  std::optional<std::int64_t> performer_id;  ///< None: nobody in particular, or the server itself.
  std::optional<std::string> address;        ///< From where.
  std::string metadata = "{}";               ///< A JSON object.
  std::int64_t count = 1;                    ///< How many of a kind the row stands for.
};
void add_log_entry(db::Tx& tx, const NewLogEntry& entry);

/// Which entries are wanted: those of a repository, or else of a namespace, or else all.
struct LogFilter {
  std::optional<std::int64_t> repository_id;
  std::optional<std::int64_t> namespace_id;
  std::optional<std::int64_t> performer_id;  ///< Only what they did; only with a namespace.
  bool without_service_keys = false;         ///< Only with a namespace.
  Millis from_ms = 0;
  Millis before_ms = 0;
};

/// Where a list of entries goes on: after this one, towards the older.
struct LogCursor {
  Millis at_ms = 0;
  std::int64_t id = 0;
};

/// An entry, with who did it and the namespace it is of, as far as they are still there.
struct LogEntry {
  std::int64_t id = 0;
  Millis at_ms = 0;
  std::string kind;
  std::optional<std::string> address;
  std::string metadata;
  std::int64_t count = 1;
  std::optional<std::string> performer, performer_email;
  std::optional<bool> performer_is_robot;
  std::optional<std::string> ns, ns_email;
  std::optional<bool> ns_is_organization;
};
BOOST_DESCRIBE_STRUCT(LogEntry, (),
                      (id, at_ms, kind, address, metadata, count, performer, performer_email, performer_is_robot, ns,
                       ns_email, ns_is_organization))

/// Newest first, at most `limit`. Without a cursor from the newest on.
std::vector<LogEntry> list_log(db::Tx& tx, const LogFilter& filter, const std::optional<LogCursor>& after, int limit);

/// Deletes entries from before then, the oldest first: about `limit`, or all of one moment. Answers how many.
std::int64_t delete_old_log(db::Tx& tx, Millis before_ms, int limit);

}  // namespace wharf::store
