#pragma once
#include <cstdint>
#include <optional>
#include <string>

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

}  // namespace wharf::store
