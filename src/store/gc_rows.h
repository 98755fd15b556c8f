#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "db/database.h"

// What the steps of garbage collection share.
namespace wharf::store {

#define WHARF_FROM_2 "($2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17)"

/// Runs `query` for 16 of `items` at a time: they are its last parameters, behind `fixed`. The last statement is filled
/// up with an item again, so that there is one prepared statement for every count.
template <class T, class... Fixed>
std::int64_t run_by_sixteen(db::Tx& tx, const db::Query& query, const std::vector<T>& items, const Fixed&... fixed) {
  std::int64_t changed = 0;
  for (std::size_t at = 0; at < items.size(); at += 16) {
    std::array<db::Value, sizeof...(Fixed) + 16> values{db::to_value(fixed)...};
    for (std::size_t i = 0; i < 16; ++i) {
      values[sizeof...(Fixed) + i] = db::to_value(items[at + i < items.size() ? at + i : at]);
    }
    changed += tx.change(query, values);
  }
  return changed;
}

/// The text of one step for both engines. Whoever uses a row has locked it on PostgreSQL: such rows are passed over, so
/// that a step never waits while it holds something itself. SQLite has one writer.
inline const db::Query& for_engine(db::Tx& tx, const db::Query& sqlite, const db::Query& postgres) {
  return tx.engine() == db::Engine::postgres ? postgres : sqlite;
}

}  // namespace wharf::store
