#pragma once
#include <cstdint>

#include "db/database.h"

namespace wharf::store {

/// How many there are of what people make; deleted ones do not count.
struct RowCounts {
  std::int64_t repositories = 0;
  std::int64_t users = 0;
  std::int64_t organizations = 0;
  std::int64_t robots = 0;
};

/// Cost: reads both tables, a second for some millions of rows.
RowCounts count_rows(db::Tx& tx);

}  // namespace wharf::store
