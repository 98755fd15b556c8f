#include "db/clock_lead.h"

#include "base/clock.h"

namespace wharf::db {

std::chrono::milliseconds clock_lead(Database& database) {
  if (database.engine() == Engine::sqlite) return std::chrono::milliseconds(0);
  static const Query kNow{"postgres.now", "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"};
  return database.read_now([](Tx& tx) {
    tx.get<std::int64_t>(kNow);  // once it is connected and prepared
    const auto before = now_ms();
    const auto there = tx.get<std::int64_t>(kNow);
    return std::chrono::milliseconds(there - (before + now_ms()) / 2);
  });
}

}  // namespace wharf::db
