#include "service/user_notification.h"

#include "base/clock.h"
#include "base/random.h"
#include "store/user_notification.h"

namespace wharf::service {

void notify_user(db::Tx& tx, std::int64_t target_id, std::string_view kind, const json::Object& metadata,
                 std::string_view lookup) {
  const store::NewUserNotification row{.uuid = random_uuid(),
                                       .target_id = target_id,
                                       .kind = std::string(kind),
                                       .metadata = json::to_text(metadata),
                                       .lookup = std::string(lookup)};
  store::add_user_notification(tx, row, now_ms());
}

}  // namespace wharf::service
