#include "api/user_notification.h"

#include "service/user_notification.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct ListUserNotifications {  // all in the query
  std::int64_t page = 0;        // from 0
  std::int64_t limit = 5;       // 1..100 a page
};
BOOST_DESCRIBE_STRUCT(ListUserNotifications, (), (page, limit))

awaitable<Result<service::UserNotifications>> list_user_notifications(Call& call, ListUserNotifications in) {
  co_return co_await call.services.user_notifications.list(call.who, in.page, in.limit);
}

struct NotificationPath {
  std::string uuid;
};
BOOST_DESCRIBE_STRUCT(NotificationPath, (), (uuid))

awaitable<Result<service::UserNotificationView>> get_user_notification(Call& call, NotificationPath in) {
  co_return co_await call.services.user_notifications.view(call.who, std::move(in.uuid));
}

awaitable<Result<service::UserNotificationView>> update_user_notification(Call& call, NotificationPath in,
                                                                          Result<service::Dismissal> body) {
  co_return co_await call.services.user_notifications.dismiss(call.who, std::move(in.uuid), std::move(body));
}

}  // namespace

void add_user_notification_operations(service::OperationTable& table) {
  table.add({.id = "listUserNotifications",
             .verb = Verb::get,
             .path = "/api/v1/user/notifications",
             .scope = Scope::user_admin,
             .summary = "What the caller was told, and the organizations they administer; newest first.",
             .tag = "User notifications",
             .errors = {400, 401, 403}},
            list_user_notifications);
  table.add({.id = "getUserNotification",
             .verb = Verb::get,
             .path = "/api/v1/user/notifications/{uuid}",
             .scope = Scope::user_admin,
             .summary = "One notification of the caller.",
             .tag = "User notifications",
             .errors = {401, 403, 404}},
            get_user_notification);
  table.add({.id = "updateUserNotification",
             .verb = Verb::put,
             .path = "/api/v1/user/notifications/{uuid}",
             .scope = Scope::user_admin,
             .summary = "Dismisses a notification, or takes that back.",
             .tag = "User notifications",
             .errors = {400, 401, 403, 404, 415}},
            update_user_notification);
}

}  // namespace wharf::api
