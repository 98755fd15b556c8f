#include "store/message.h"

namespace wharf::store {

std::vector<GlobalMessage> list_messages(db::Tx& tx) {
  static const db::Query kList{"message.list",
                               "SELECT uuid, content, media_type, severity FROM global_message ORDER BY id"};
  return tx.all<GlobalMessage>(kList);
}

std::int64_t count_messages(db::Tx& tx) {
  static const db::Query kCount{"message.count", "SELECT COUNT(*) FROM global_message"};
  return tx.get<std::int64_t>(kCount);
}

void insert_message(db::Tx& tx, const GlobalMessage& message, Millis now) {
  static const db::Query kInsert{"message.insert", R"(
    INSERT INTO global_message (uuid, content, media_type, severity, created_ms) VALUES ($1, $2, $3, $4, $5))"};
  tx.run(kInsert, message.uuid, message.content, message.media_type, message.severity, now);
}

bool delete_message(db::Tx& tx, std::string_view uuid) {
  static const db::Query kDelete{"message.delete", "DELETE FROM global_message WHERE uuid = $1"};
  return tx.run(kDelete, uuid) > 0;
}

}  // namespace wharf::store
