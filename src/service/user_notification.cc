#include "service/user_notification.h"

#include <algorithm>

#include "auth/access.h"
#include "base/random.h"
#include "db/row.h"
#include "store/access.h"
#include "store/user_notification.h"

namespace wharf::service {
namespace {

constexpr std::int64_t kLargestPage = 100;
constexpr std::int64_t kLastPage = 10'000;  // past it nobody reads, and each page costs what lies before it

store::NotificationReader reader_of(const auth::Principal& who) {
  return {.account_id = who.account_id, .organizations = auth::team_rights(who, store::kTeamAdmin).admin};
}

UserNotificationView view_of(const store::UserNotification& row) {
  UserNotificationView view{
      .id = row.uuid, .organization = {}, .kind = row.kind, .created = {row.created_ms}, .metadata = {}};
  if (row.organization) view.organization = *row.organization;
  if (auto metadata = json::parse(row.metadata); metadata && metadata->is_object()) {
    view.metadata = metadata->get_object();
  }
  view.dismissed = row.dismissed;
  return view;
}

Result<UserNotificationView> find(db::Tx& tx, const auth::Principal& who, const std::string& uuid) {
  const Error unknown{Errc::not_found, "Not Found"};
  if (!db::is_storable_text(uuid)) return unknown;
  const auto row = store::find_user_notification(tx, reader_of(who), uuid);
  if (!row) return unknown;
  return view_of(*row);
}

}  // namespace

awaitable<Result<UserNotifications>> UserNotificationService::list(auth::Principal who, std::int64_t page,
                                                                   std::int64_t limit) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  page = std::clamp<std::int64_t>(page, 0, kLastPage);
  limit = std::clamp<std::int64_t>(limit, 1, kLargestPage);
  auto job = [who, page, limit](db::Tx& tx) {
    // One more than the page holds tells of a next page.
    return store::list_user_notifications(tx, reader_of(who), limit + 1, page * limit);
  };
  auto rows = co_await tools_.db.read(std::move(job));
  UserNotifications result;
  result.additional = std::ssize(rows) > limit;
  if (result.additional) rows.pop_back();
  for (const auto& row : rows) result.notifications.push_back(view_of(row));
  co_return result;
}

awaitable<Result<UserNotificationView>> UserNotificationService::view(auth::Principal who, std::string uuid) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  auto job = [who, uuid](db::Tx& tx) { return find(tx, who, uuid); };
  co_return co_await tools_.db.read(std::move(job));
}

awaitable<Result<UserNotificationView>> UserNotificationService::dismiss(auth::Principal who, std::string uuid,
                                                                         Result<Dismissal> wanted) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  auto job = [who, uuid, wanted](db::Tx& tx) -> Result<UserNotificationView> {
    auto found = find(tx, who, uuid);
    if (!found) return found;
    if (!wanted) return wanted.error();
    found->dismissed = wanted->dismissed.value_or(false);
    store::dismiss_user_notification(tx, uuid, found->dismissed);
    return found;
  };
  co_return co_await tools_.db.write(std::move(job));
}

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
