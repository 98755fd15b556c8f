#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace wharf::inventory {

bool is_sqlite_file(std::string_view bytes);

/// Calls `sink` with the value of one column in every row of a table of an SQLite file, which is read where it lies, in
/// memory, and changed; nothing goes to the disk. `log` is the write-ahead log that lay beside it, or empty. The names
/// are ours, never a stranger's. Errors: invalid_request for a damaged file, and one without the table.
Result<void> read_sqlite_column(std::string& bytes, std::string_view log, std::string_view table,
                                std::string_view column, const std::function<void(std::string_view value)>& sink);

}  // namespace wharf::inventory
