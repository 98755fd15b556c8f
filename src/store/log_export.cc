#include "store/log_export.h"

namespace wharf::store {
namespace {

#define WHARF_LOG_EXPORT                                                                                  \
  "SELECT e.uuid, e.sealed_code, e.namespace_id, e.repository_id, e.performer_id, e.start_ms, e.end_ms, " \
  "       e.callback_url, e.callback_email, e.base_url, e.expires_ms, e.attempts, "                       \
  "       COALESCE(n.name, ''), COALESCE(r.name, '') "                                                    \
  "  FROM log_export e LEFT JOIN account n ON n.id = e.namespace_id LEFT JOIN repository r ON r.id = e.repository_id "

}  // namespace

void insert_log_export(db::Tx& tx, const LogExport& wanted, std::string_view code_hash, bool done, Millis now) {
  static const db::Query kInsert{"log_export.insert", R"(
    INSERT INTO log_export (uuid, code_hash, sealed_code, namespace_id, repository_id, performer_id, start_ms, end_ms,
                            callback_url, callback_email, base_url, created_ms, expires_ms, available_ms, done)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12, $14))"};
  tx.run(kInsert, wanted.uuid, code_hash, wanted.sealed_code, wanted.namespace_id, wanted.repository_id,
         wanted.performer_id, wanted.start_ms, wanted.end_ms, wanted.callback_url, wanted.callback_email,
         wanted.base_url, now, wanted.expires_ms, done);
}

std::optional<NamedLogExport> find_log_export(db::Tx& tx, std::string_view code_hash, Millis now) {
  static const db::Query kFind{"log_export.find", WHARF_LOG_EXPORT " WHERE e.code_hash = $1 AND e.expires_ms > $2"};
  return tx.one<NamedLogExport>(kFind, code_hash, now);
}

bool has_due_log_export(db::Tx& tx, Millis now) {
  static const db::Query kDue{"log_export.has_due",
                              "SELECT 1 FROM log_export WHERE NOT done AND available_ms <= $1 LIMIT 1"};
  return tx.one<int>(kDue, now).has_value();
}

std::optional<NamedLogExport> take_due_log_export(db::Tx& tx, Millis now, Millis until) {
  static const db::Query kDue{"log_export.due", WHARF_LOG_EXPORT
                              " WHERE NOT e.done AND e.available_ms <= $1 ORDER BY e.available_ms, e.id LIMIT 1"};
  static const db::Query kTake{"log_export.take",
                               "UPDATE log_export SET available_ms = $2, attempts = attempts + 1 WHERE uuid = $1"};
  tx.lock("log_export");
  auto due = tx.one<NamedLogExport>(kDue, now);
  if (!due) return std::nullopt;
  tx.run(kTake, due->export_.uuid, until);
  ++due->export_.attempts;
  return due;
}

void put_log_export_back(db::Tx& tx, std::string_view uuid, Millis at) {
  static const db::Query kPut{"log_export.put_back", "UPDATE log_export SET available_ms = $2 WHERE uuid = $1"};
  tx.run(kPut, uuid, at);
}

void finish_log_export(db::Tx& tx, std::string_view uuid, Millis expires_ms) {
  static const db::Query kFinish{"log_export.finish",
                                 "UPDATE log_export SET done = TRUE, expires_ms = $2 WHERE uuid = $1"};
  tx.run(kFinish, uuid, expires_ms);
}

std::int64_t delete_expired_log_exports(db::Tx& tx, Millis now, int limit) {
  static const db::Query kDelete{"log_export.delete_expired", R"(
    DELETE FROM log_export WHERE id IN (
      SELECT id FROM log_export WHERE expires_ms <= $1 AND done ORDER BY expires_ms LIMIT $2))"};
  return tx.run(kDelete, now, limit);
}

}  // namespace wharf::store
