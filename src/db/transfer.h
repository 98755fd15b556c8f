#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "db/database.h"

namespace wharf::db {

struct TransferredTable {
  std::string name;
  std::int64_t rows = 0;
};

/// How far a transfer is: rows, of all tables together.
struct TransferProgress {
  std::string table;  ///< That it is at.
  std::int64_t done = 0;
  std::int64_t total = 0;
};

/// Copies every row of `from` (SQLite) to `to` (PostgreSQL), as of one moment, in one transaction: all of it is there,
/// or nothing. What migrations alone put into `to` is replaced. Ids stay, and none is given twice afterwards.
///
/// Both are at the program's newest migration. Foreign keys are taken off meanwhile and put back at the end, when
/// PostgreSQL checks every row again. Derived tables that one engine alone has (the indexes of SQLite's search) stay
/// out. Needs no more rights than those of the tables' owner. Memory: one page of rows.
/// Errors: invalid_request for other engines, for schemas that do not fit and where `to` has accounts already. Throws
/// what statements throw.
Result<std::vector<TransferredTable>> transfer(Database& from, Database& to,
                                               const std::function<void(const TransferProgress&)>& progress);

}  // namespace wharf::db
