#include "store/log_day.h"

#include <algorithm>
#include <map>
#include <utility>

namespace wharf::store {
namespace {

constexpr Millis kDayMs = 86'400'000;

#define WHARF_NO_SERVICE_KEYS                                                                     \
  "(NOT $4 OR l.kind NOT IN ('service_key_create', 'service_key_approve', 'service_key_delete', " \
  "                          'service_key_modify', 'service_key_extend', 'service_key_rotate')) "

// $1 and $2: from when, before when.
#define WHARF_LOG_SUMS                                                                \
  "SELECT l.kind, l.at_ms / 86400000, CAST(sum(l.count) AS BIGINT) FROM log_entry l " \
  " WHERE l.at_ms >= $1 AND l.at_ms < $2 "
#define WHARF_LOG_BY_DAY " GROUP BY l.kind, l.at_ms / 86400000"

/// What entries add up to, read one by one.
std::vector<LogSum> sum_entries(db::Tx& tx, const LogFilter& filter, Millis from, Millis before) {
  static const db::Query kAll{"log.sum", WHARF_LOG_SUMS WHARF_LOG_BY_DAY};
  static const db::Query kOfRepository{"log.sum_repository",
                                       WHARF_LOG_SUMS " AND l.repository_id = $3" WHARF_LOG_BY_DAY};
  static const db::Query kOfNamespace{
      "log.sum_namespace", WHARF_LOG_SUMS " AND l.namespace_id = $3 AND " WHARF_NO_SERVICE_KEYS WHARF_LOG_BY_DAY};
  static const db::Query kOfPerformer{"log.sum_performer",
                                      WHARF_LOG_SUMS " AND l.namespace_id = $3 AND " WHARF_NO_SERVICE_KEYS
                                                     " AND l.performer_id = $5" WHARF_LOG_BY_DAY};
  if (from >= before) return {};
  if (filter.repository_id) return tx.all<LogSum>(kOfRepository, from, before, *filter.repository_id);
  if (!filter.namespace_id) return tx.all<LogSum>(kAll, from, before);
  if (!filter.performer_id) {
    return tx.all<LogSum>(kOfNamespace, from, before, *filter.namespace_id, filter.without_service_keys);
  }
  return tx.all<LogSum>(kOfPerformer, from, before, *filter.namespace_id, filter.without_service_keys,
                        *filter.performer_id);
}

enum Scope : std::int64_t { registry, of_namespace, of_repository, of_performer };

/// What was counted for the days from `first` up to, not including, `end`.
std::vector<LogSum> counted(db::Tx& tx, const LogFilter& filter, std::int64_t first, std::int64_t end) {
  static const db::Query kCounted{"log.sum_days", R"(
    SELECT l.kind, l.day, l.count FROM log_day l
     WHERE l.scope = $1 AND l.owner_id = $2 AND l.performer_id = $3 AND l.day >= $5 AND l.day < $6
       AND l.count <> 0 AND )" WHARF_NO_SERVICE_KEYS};
  const auto get = [&](std::int64_t scope, std::int64_t owner, std::int64_t performer, bool without_service_keys) {
    return tx.all<LogSum>(kCounted, scope, owner, performer, without_service_keys, first, end);
  };
  if (filter.repository_id) return get(Scope::of_repository, *filter.repository_id, 0, false);
  if (!filter.namespace_id) return get(Scope::registry, 0, 0, false);
  if (!filter.performer_id) return get(Scope::of_namespace, *filter.namespace_id, 0, filter.without_service_keys);
  return get(Scope::of_performer, *filter.namespace_id, *filter.performer_id, filter.without_service_keys);
}

/// All that is older has been counted.
Millis border(db::Tx& tx) {
  static const db::Query kBorder{"log_day.border", "SELECT before_ms FROM log_day_border"};
  return tx.get<Millis>(kBorder);
}

/// One at a time: changes what was counted.
void lock_days(db::Tx& tx) { tx.lock("log days"); }

/// Adds (or with -1 takes away) the entries of [from, before) to what was counted.
void add_entries(db::Tx& tx, Millis from, Millis before, std::int64_t sign) {
#define WHARF_COUNT_DAYS(scope, owner, performer, condition, group)                 \
  "INSERT INTO log_day (scope, owner_id, performer_id, day, kind, count) "          \
  "SELECT " scope ", " owner ", " performer                                         \
  ", at_ms / 86400000, kind, CAST(sum(count) * $3 AS BIGINT) "                      \
  "  FROM log_entry WHERE at_ms >= $1 AND at_ms < $2 " condition " GROUP BY " group \
  "at_ms / 86400000, kind "                                                         \
  "    ON CONFLICT (scope, owner_id, performer_id, day, kind) DO UPDATE SET count = log_day.count + excluded.count"
  static const db::Query kCount[] = {
      {"log_day.count", WHARF_COUNT_DAYS("0", "0", "0", "", "")},
      {"log_day.count_namespaces",
       WHARF_COUNT_DAYS("1", "namespace_id", "0", "AND namespace_id IS NOT NULL", "namespace_id, ")},
      {"log_day.count_repositories",
       WHARF_COUNT_DAYS("2", "repository_id", "0", "AND repository_id IS NOT NULL", "repository_id, ")},
      {"log_day.count_performers",
       WHARF_COUNT_DAYS("3", "namespace_id", "performer_id",
                        "AND namespace_id IS NOT NULL AND performer_id IS NOT NULL", "namespace_id, performer_id, ")},
  };
#undef WHARF_COUNT_DAYS
  for (const auto& query : kCount) tx.run(query, from, before, sign);
}

}  // namespace

std::vector<LogSum> sum_log(db::Tx& tx, const LogFilter& filter) {
  const auto counted_before = border(tx);
  const auto first_day = (filter.from_ms + kDayMs - 1) / kDayMs;
  const bool to_border = filter.before_ms >= counted_before;
  const auto end = to_border ? counted_before : filter.before_ms / kDayMs * kDayMs;
  const auto begin = first_day * kDayMs;
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> sums;
  const auto add = [&](std::vector<LogSum> more) {
    for (auto& sum : more) sums[{sum.day, std::move(sum.kind)}] += sum.count;
  };
  if (begin >= end) {
    add(sum_entries(tx, filter, filter.from_ms, filter.before_ms));
  } else {
    add(sum_entries(tx, filter, filter.from_ms, begin));
    add(counted(tx, filter, first_day, (end + kDayMs - 1) / kDayMs));
    add(sum_entries(tx, filter, end, filter.before_ms));
  }
  std::vector<LogSum> result;
  for (const auto& [key, count] : sums) result.push_back({key.second, key.first, count});
  return result;
}

bool has_log_days_to_count(db::Tx& tx, Millis now) {
  static const db::Query kAny{"log_day.any", "SELECT 1 FROM log_entry WHERE at_ms >= $1 AND at_ms < $2 LIMIT 1"};
  return tx.one<std::int64_t>(kAny, border(tx), now - kLogOpenMs).has_value();
}

bool count_log_days(db::Tx& tx, Millis now, int limit) {
  static const db::Query kNext{"log_day.next", R"(
    SELECT at_ms FROM log_entry WHERE at_ms >= $1 AND at_ms < $2 ORDER BY at_ms, id LIMIT 1 OFFSET $3)"};
  static const db::Query kMove{"log_day.move", "UPDATE log_day_border SET before_ms = $1"};
  lock_days(tx);
  const auto from = border(tx);
  const auto end = now - kLogOpenMs;
  if (from >= end) return false;
  const auto next = tx.one<Millis>(kNext, from, end, limit);
  const auto before = next ? std::max(*next, from + 1) : end;
  add_entries(tx, from, before, 1);
  tx.run(kMove, before);
  return next.has_value();
}

void note_late_entry(db::Tx& tx, const NewLogEntry& entry) {
  static const db::Query kNote{"log_day.note", R"(
    INSERT INTO log_day (scope, owner_id, performer_id, day, kind, count) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (scope, owner_id, performer_id, day, kind) DO UPDATE SET count = log_day.count + excluded.count)"};
  lock_days(tx);
  if (entry.at_ms >= border(tx)) return;
  const auto note = [&](std::int64_t scope, std::int64_t owner, std::int64_t performer) {
    tx.run(kNote, scope, owner, performer, entry.at_ms / kDayMs, entry.kind, entry.count);
  };
  constexpr std::int64_t kNobody = 0;
  note(Scope::registry, kNobody, kNobody);
  if (entry.namespace_id) note(Scope::of_namespace, *entry.namespace_id, kNobody);
  if (entry.repository_id) note(Scope::of_repository, *entry.repository_id, kNobody);
  if (entry.namespace_id && entry.performer_id) note(Scope::of_performer, *entry.namespace_id, *entry.performer_id);
}

void forget_log_days(db::Tx& tx, Millis before_ms) {
  static const db::Query kEmpty{"log_day.forget", "DELETE FROM log_day WHERE count = 0"};
  lock_days(tx);
  add_entries(tx, 0, std::min(before_ms, border(tx)), -1);
  tx.run(kEmpty);
}

}  // namespace wharf::store
