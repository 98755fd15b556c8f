#include "service/notification.h"

#include "auth/access.h"
#include "base/random.h"
#include "service/audit.h"
#include "service/notification_method.h"
#include "service/repository_event.h"
#include "store/notification.h"
#include "store/notification_delivery.h"

namespace wharf::service {
namespace {

constexpr std::int64_t kMostNotifications = 100;
constexpr std::size_t kLongestTitle = 255;
constexpr std::size_t kMostConfigBytes = 16 * 1024;

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }
Error not_found() { return {Errc::not_found, "Not Found"}; }

NotificationView view_of(const store::Notification& row) {
  NotificationView view{.uuid = row.uuid, .title = {}, .event = row.event, .method = row.method};
  if (row.title) view.title = *row.title;
  view.config = kept_object(row.config);
  view.event_config = kept_object(row.event_config);
  view.number_of_failures = row.failures;
  return view;
}

Result<store::Notification> find(db::Tx& tx, const auth::Access& access, const std::string& uuid,
                                 const Error& unknown) {
  auto row = db::is_storable_text(uuid) ? store::find_notification(tx, access.repository_id(), uuid) : std::nullopt;
  if (!row) return unknown;
  return *row;
}

void log(db::Tx& tx, const auth::Principal& who, std::string_view kind, const auth::Access& access,
         const RepoName& repository, const store::Notification& row) {
  audit(tx, who, kind, {.namespace_id = access.row().namespace_id, .repository_id = access.repository_id()},
        {{"repo", repository.name},
         {"namespace", repository.ns},
         {"notification_id", row.uuid},
         {"event", row.event},
         {"method", row.method}});
}

/// A notification that is to be changed, and the repository that it is of.
struct Found {
  auth::Access access;
  store::Notification row;
};
Result<Found> find_to_change(db::Tx& tx, const auth::Principal& who, const RepoName& repository,
                             const std::string& uuid) {
  auto access = auth::require(tx, who, repository, auth::Action::admin);
  if (!access) return access.error();
  auto row = find(tx, *access, uuid, invalid("No repository notification found for: " + repository.text()));
  if (!row) return row.error();
  return Found{std::move(*access), std::move(*row)};
}

/// What can be judged without looking anything up.
Result<store::Notification> row_of(const NewNotification& wanted, const std::string& base_url) {
  if (!is_repository_event(wanted.event)) return invalid("event: there is none called " + wanted.event);
  if (!is_notification_method(wanted.method)) return invalid("method: there is none called " + wanted.method);
  store::Notification row{.uuid = random_uuid(), .event = wanted.event, .method = wanted.method};
  row.base_url = base_url;
  if (wanted.title && *wanted.title) row.title = **wanted.title;
  if (row.title && (row.title->size() > kLongestTitle || !db::is_storable_text(*row.title))) {
    return invalid("title: must be a text of at most 255 bytes");
  }
  row.config = json::to_text(wanted.config);
  row.event_config = json::to_text(wanted.eventConfig);
  if (row.config.size() > kMostConfigBytes) return invalid("config: must be at most 16 KiB");
  if (row.event_config.size() > kMostConfigBytes) return invalid("eventConfig: must be at most 16 KiB");
  const auto bounds = check_event_config(wanted.event, wanted.eventConfig);
  if (!bounds) return bounds.error();
  row.days = bounds->days;
  row.level = bounds->level;
  return row;
}

}  // namespace

awaitable<Result<Notifications>> NotificationService::list(auth::Principal who, RepoName repository) {
  auto job = [=](db::Tx& tx) -> Result<Notifications> {
    const auto access = auth::require(tx, who, repository, auth::Action::admin, true);
    if (!access) return access.error();
    Notifications result;
    for (const auto& row : store::list_notifications(tx, access->repository_id())) {
      result.notifications.push_back(view_of(row));
    }
    return result;
  };
  co_return co_await tools_.db.read(std::move(job));
}

awaitable<Result<NotificationView>> NotificationService::view(auth::Principal who, RepoName repository,
                                                              std::string uuid) {
  auto job = [=](db::Tx& tx) -> Result<NotificationView> {
    const auto access = auth::require(tx, who, repository, auth::Action::admin, true);
    if (!access) return access.error();
    const auto row = find(tx, *access, uuid, not_found());
    if (!row) return row.error();
    return view_of(*row);
  };
  co_return co_await tools_.db.read(std::move(job));
}

awaitable<Result<NotificationView>> NotificationService::create(auth::Principal who, RepoName repository,
                                                                Result<NewNotification> wanted, std::string base_url) {
  auto job = [=, this](db::Tx& tx) -> Result<NotificationView> {
    const auto access = auth::require(tx, who, repository, auth::Action::admin);
    if (!access) return access.error();
    if (!wanted) return wanted.error();
    auto row = row_of(*wanted, base_url);
    if (!row) return row.error();
    const NotifyingRepository about{.id = access->repository_id(),
                                    .namespace_id = access->row().namespace_id,
                                    .ns = repository.ns,
                                    .is_organization = access->is_organization()};
    const MethodRules rules{tools_.settings, deliveries_.policy()};
    if (auto ok = check_method_config(tx, rules, about, row->method, wanted->config); !ok) return ok.error();
    tx.lock("notifications_of:" + std::to_string(about.id));
    if (store::count_notifications(tx, about.id) >= kMostNotifications) {
      return invalid("A repository has at most 100 notifications");
    }
    store::insert_notification(tx, about.id, *row, now_ms());
    log(tx, who, "add_repo_notification", *access, repository, *row);
    return view_of(*row);
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> NotificationService::remove(auth::Principal who, RepoName repository, std::string uuid) {
  auto job = [=](db::Tx& tx) -> Result<bool> {
    const auto found = find_to_change(tx, who, repository, uuid);
    if (!found) return found.error();
    store::delete_notification(tx, found->row.id);
    log(tx, who, "delete_repo_notification", found->access, repository, found->row);
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> NotificationService::reset_failures(auth::Principal who, RepoName repository,
                                                            std::string uuid) {
  auto job = [=](db::Tx& tx) -> Result<bool> {
    const auto found = find_to_change(tx, who, repository, uuid);
    if (!found) return found.error();
    store::reset_notification_failures(tx, found->row.id);
    log(tx, who, "reset_repo_notification", found->access, repository, found->row);
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> NotificationService::test(auth::Principal who, RepoName repository, std::string uuid) {
  auto job = [=](db::Tx& tx) -> Result<bool> {
    const auto found = find_to_change(tx, who, repository, uuid);
    if (!found) return found.error();
    const auto& row = found->row;
    store::EventData what{.data = json::to_text(sample_event_data(row.event, kept_object(row.event_config), row.uuid))};
    what.performer = json::to_text(json::Object{{"entity_name", who.name}});
    store::queue_delivery(tx, row.id, what, now_ms());
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

}  // namespace wharf::service
