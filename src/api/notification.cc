#include "api/notification.h"

#include "service/notification.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct NotificationsPath {
  RepoName repository;
};
BOOST_DESCRIBE_STRUCT(NotificationsPath, (), (repository))

struct NotificationPath {
  RepoName repository;
  std::string uuid;
};
BOOST_DESCRIBE_STRUCT(NotificationPath, (), (repository, uuid))

/// A test and a reset need no body; what is sent is not looked at.
struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

awaitable<Result<service::Notifications>> list_notifications(Call& call, NotificationsPath in) {
  co_return co_await call.services.notifications.list(call.who, std::move(in.repository));
}

awaitable<Result<service::NotificationView>> create_notification(Call& call, NotificationsPath in,
                                                                 Result<service::NewNotification> body) {
  co_return co_await call.services.notifications.create(call.who, std::move(in.repository), std::move(body),
                                                        call.base_url);
}

awaitable<Result<service::NotificationView>> get_notification(Call& call, NotificationPath in) {
  co_return co_await call.services.notifications.view(call.who, std::move(in.repository), std::move(in.uuid));
}

awaitable<Result<http::Nothing>> delete_notification(Call& call, NotificationPath in) {
  auto done = co_await call.services.notifications.remove(call.who, std::move(in.repository), std::move(in.uuid));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

awaitable<Result<http::Nothing>> reset_failures(Call& call, NotificationPath in) {
  auto done =
      co_await call.services.notifications.reset_failures(call.who, std::move(in.repository), std::move(in.uuid));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

awaitable<Result<Nothing>> test_notification(Call& call, NotificationPath in) {
  auto done = co_await call.services.notifications.test(call.who, std::move(in.repository), std::move(in.uuid));
  if (!done) co_return done.error();
  co_return Nothing{};
}

constexpr std::string_view kAll = "/api/v1/repository/{repository}/notification/";
constexpr std::string_view kOne = "/api/v1/repository/{repository}/notification/{uuid}";
constexpr std::string_view kTest = "/api/v1/repository/{repository}/notification/{uuid}/test";
constexpr std::string_view kTag = "Notifications of repositories";

}  // namespace

void add_notification_operations(service::OperationTable& table) {
  table.add({.id = "listRepoNotifications",
             .verb = Verb::get,
             .path = kAll,
             .scope = Scope::repo_admin,
             .summary = "Who is told what of a repository; oldest first.",
             .tag = kTag,
             .errors = {401, 403, 404}},
            list_notifications);
  table.add({.id = "createRepoNotification",
             .verb = Verb::post,
             .path = kAll,
             .scope = Scope::repo_admin,
             .summary = "Has somebody told of an event in a repository: a webhook, an address, a chat, users.",
             .tag = kTag,
             .status = 201,
             .errors = {400, 401, 403, 404, 415}},
            create_notification);
  table.add({.id = "getRepoNotification",
             .verb = Verb::get,
             .path = kOne,
             .scope = Scope::repo_admin,
             .summary = "One notification of a repository.",
             .tag = kTag,
             .errors = {401, 403, 404}},
            get_notification);
  table.add({.id = "deleteRepoNotification",
             .verb = Verb::delete_,
             .path = kOne,
             .scope = Scope::repo_admin,
             .summary = "Deletes a notification, with what it had still to tell.",
             .tag = kTag,
             .status = 204,
             .errors = {400, 401, 403, 404}},
            delete_notification);
  table.add({.id = "resetRepositoryNotificationFailures",
             .verb = Verb::post,
             .path = kOne,
             .scope = Scope::repo_admin,
             .summary = "Lets a notification that has failed three times in a row tell again.",
             .tag = kTag,
             .status = 204,
             .errors = {400, 401, 403, 404}},
            reset_failures);
  table.add({.id = "testRepoNotification",
             .verb = Verb::post,
             .path = kTest,
             .scope = Scope::repo_admin,
             .summary = "Has a notification tell of an event of its kind that did not happen.",
             .tag = kTag,
             .errors = {400, 401, 403, 404}},
            test_notification);
}

}  // namespace wharf::api
