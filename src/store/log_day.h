#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "store/log.h"

/// The audit log added up by days: rows of `log_day`.
namespace wharf::store {

/// An entry that is so much older than the clock is noted with the days that have been counted, if its has.
inline constexpr Millis kLogLateMs = 30 * Millis{60'000};
/// Entries that are younger than this are not counted yet.
inline constexpr Millis kLogOpenMs = 2 * kLogLateMs;

/// How many of a kind there were on one day.
struct LogSum {
  std::string kind;
  std::int64_t day = 0;  ///< Since 1970, UTC.
  std::int64_t count = 0;
  friend bool operator==(const LogSum&, const LogSum&) = default;
};
BOOST_DESCRIBE_STRUCT(LogSum, (), (kind, day, count))
/// By day and kind, exactly. Reads the days that were counted, and from the index of entries what is younger, or on a
/// day that is wanted in part.
std::vector<LogSum> sum_log(db::Tx& tx, const LogFilter& filter);

/// Whether there are entries from before `now` that count_log_days is to count.
bool has_log_days_to_count(db::Tx& tx, Millis now);
/// Counts about `limit` entries more, the oldest that were not counted yet. Answers whether there are more.
bool count_log_days(db::Tx& tx, Millis now, int limit);

/// To be called with an entry of the past that was just written: counts it where others of its time were counted.
void note_late_entry(db::Tx& tx, const NewLogEntry& entry);
/// To be called before all entries older than `before_ms` are deleted: takes them out of what was counted.
void forget_log_days(db::Tx& tx, Millis before_ms);

}  // namespace wharf::store
