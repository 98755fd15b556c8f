#include "store/mail.h"

namespace wharf::store {

void insert_mail(db::Tx& tx, std::string_view sealed_message, Millis now) {
  static const db::Query kInsert{"mail.insert", R"(
    INSERT INTO mail_queue (sealed_message, created_ms, available_ms) VALUES ($1, $2, $2))"};
  tx.run(kInsert, sealed_message, now);
}

bool has_due_mail(db::Tx& tx, Millis now) {
  static const db::Query kDue{"mail.has_due", "SELECT id FROM mail_queue WHERE available_ms <= $1 LIMIT 1"};
  return tx.one<std::int64_t>(kDue, now).has_value();
}

std::vector<QueuedMail> take_due_mails(db::Tx& tx, Millis now, Millis until, int limit) {
  static const db::Query kDue{"mail.due", R"(
    SELECT id, sealed_message, attempts + 1 FROM mail_queue WHERE available_ms <= $1 ORDER BY available_ms, id LIMIT $2)"};
  static const db::Query kTake{"mail.take",
                               "UPDATE mail_queue SET available_ms = $2, attempts = attempts + 1 WHERE id = $1"};
  tx.lock("mail_queue");
  auto mails = tx.all<QueuedMail>(kDue, now, limit);
  for (const auto& mail : mails) tx.run(kTake, mail.id, until);
  return mails;
}

void delete_mail(db::Tx& tx, std::int64_t id) {
  static const db::Query kDelete{"mail.delete", "DELETE FROM mail_queue WHERE id = $1"};
  tx.run(kDelete, id);
}

void put_mail_back(db::Tx& tx, std::int64_t id, Millis at, std::int64_t attempts) {
  static const db::Query kPut{"mail.put_back", "UPDATE mail_queue SET available_ms = $2, attempts = $3 WHERE id = $1"};
  tx.run(kPut, id, at, attempts);
}

}  // namespace wharf::store
