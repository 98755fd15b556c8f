#include "store/log.h"

#include <algorithm>

#include "store/log_day.h"

namespace wharf::store {
namespace {

#define WHARF_LOG_FIELDS                                                                   \
  "SELECT l.id, l.at_ms, l.kind, l.address, l.metadata, l.count, "                         \
  "       p.name, p.email, p.kind = 'robot', n.name, COALESCE(n.email, n.contact_email), " \
  "       n.kind = 'organization' "                                                        \
  "  FROM log_entry l "                                                                    \
  "  LEFT JOIN account p ON p.id = l.performer_id AND p.deleted_ms IS NULL "               \
  "  LEFT JOIN account n ON n.id = l.namespace_id AND n.deleted_ms IS NULL "

// $1 to $3: from and up to (at_ms, id).
#define WHARF_LOG_TIMES " l.at_ms >= $1 AND (l.at_ms, l.id) < ($2, $3) "
#define WHARF_LOG_OF_NAMESPACE                                                                     \
  " AND l.namespace_id = $4 AND (NOT $5 OR l.kind NOT IN ('service_key_create', "                  \
  "     'service_key_approve', 'service_key_delete', 'service_key_modify', 'service_key_extend', " \
  "     'service_key_rotate')) "
#define WHARF_LOG_NEWEST " ORDER BY l.at_ms DESC, l.id DESC LIMIT "

}  // namespace

void add_log_entry(db::Tx& tx, const NewLogEntry& entry) {
  static const db::Query kAdd{"log.add", R"(
    INSERT INTO log_entry (at_ms, kind, namespace_id, repository_id, performer_id, address, metadata, count)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8))"};
  tx.run(kAdd, entry.at_ms, entry.kind, entry.namespace_id, entry.repository_id, entry.performer_id, entry.address,
         entry.metadata, entry.count);
  if (entry.at_ms < now_ms() - kLogLateMs) note_late_entry(tx, entry);
}

std::vector<LogEntry> list_log(db::Tx& tx, const LogFilter& filter, const std::optional<LogCursor>& after, int limit) {
  // One form each, so that each has its index.
  static const db::Query kAll{"log.list", WHARF_LOG_FIELDS " WHERE" WHARF_LOG_TIMES WHARF_LOG_NEWEST "$4"};
  static const db::Query kOfRepository{"log.list_repository", WHARF_LOG_FIELDS
                                       " WHERE" WHARF_LOG_TIMES " AND l.repository_id = $4" WHARF_LOG_NEWEST "$5"};
  static const db::Query kOfNamespace{
      "log.list_namespace", WHARF_LOG_FIELDS " WHERE" WHARF_LOG_TIMES WHARF_LOG_OF_NAMESPACE WHARF_LOG_NEWEST "$6"};
  static const db::Query kOfPerformer{"log.list_performer",
                                      WHARF_LOG_FIELDS " WHERE" WHARF_LOG_TIMES WHARF_LOG_OF_NAMESPACE
                                                       " AND l.performer_id = $6" WHARF_LOG_NEWEST "$7"};
  const auto from = filter.from_ms;
  // Ids begin at 1: before (at, 0) is before all of that moment.
  const auto end = after && after->at_ms < filter.before_ms ? *after : LogCursor{filter.before_ms, 0};
  if (filter.repository_id) {
    return tx.all<LogEntry>(kOfRepository, from, end.at_ms, end.id, *filter.repository_id, limit);
  }
  if (!filter.namespace_id) return tx.all<LogEntry>(kAll, from, end.at_ms, end.id, limit);
  if (!filter.performer_id) {
    return tx.all<LogEntry>(kOfNamespace, from, end.at_ms, end.id, *filter.namespace_id, filter.without_service_keys,
                            limit);
  }
  return tx.all<LogEntry>(kOfPerformer, from, end.at_ms, end.id, *filter.namespace_id, filter.without_service_keys,
                          *filter.performer_id, limit);
}

std::int64_t delete_old_log(db::Tx& tx, Millis before_ms, int limit) {
  static const db::Query kOldest{"log.oldest", R"(
    SELECT at_ms FROM log_entry WHERE at_ms < $1 ORDER BY at_ms, id LIMIT 1)"};
  static const db::Query kNext{"log.next_oldest", R"(
    SELECT at_ms FROM log_entry WHERE at_ms < $1 ORDER BY at_ms, id LIMIT 1 OFFSET $2)"};
  static const db::Query kDelete{"log.delete_old", "DELETE FROM log_entry WHERE at_ms < $1"};
  const auto oldest = tx.one<Millis>(kOldest, before_ms);
  if (!oldest) return 0;
  const auto next = tx.one<Millis>(kNext, before_ms, limit);
  const auto end = next ? std::max(*next, *oldest + 1) : before_ms;
  forget_log_days(tx, end);
  return tx.run(kDelete, end);
}

}  // namespace wharf::store
