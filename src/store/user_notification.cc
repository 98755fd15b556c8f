#include "store/user_notification.h"

namespace wharf::store {

void add_user_notification(db::Tx& tx, const NewUserNotification& wanted, Millis now) {
  static const db::Query kInsert{"user_notification.insert", R"(
    INSERT INTO user_notification (uuid, target_id, kind, metadata, lookup, created_ms)
    VALUES ($1, $2, $3, $4, $5, $6))"};
  tx.run(kInsert, wanted.uuid, wanted.target_id, wanted.kind, wanted.metadata, wanted.lookup, now);
}

}  // namespace wharf::store
