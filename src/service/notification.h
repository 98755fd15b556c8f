#pragma once
#include <memory>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/json.h"
#include "base/names.h"
#include "service/notification_delivery.h"
#include "service/tools.h"

namespace wharf::service {

struct NotificationView {
  std::string uuid;
  json::Nullable<std::string> title;
  std::string event;
  std::string method;
  json::Object config;
  json::Object event_config;
  std::int64_t number_of_failures = 0;
};
BOOST_DESCRIBE_STRUCT(NotificationView, (), (uuid, title, event, method, config, event_config, number_of_failures))

struct Notifications {
  std::vector<NotificationView> notifications;
};
BOOST_DESCRIBE_STRUCT(Notifications, (), (notifications))

struct NewNotification {
  std::string event;    ///< "repo_push"
  std::string method;   ///< "webhook"
  json::Object config;  ///< The method's.
  json::Object eventConfig;
  std::optional<json::Nullable<std::string>> title;
};
BOOST_DESCRIBE_STRUCT(NewNotification, (), (event, method, config, eventConfig, title))

/// Who is told of what happens to a repository, and how. For those who administer it; a global read-only superuser may
/// look. What happens is queued with it (service/repository_event.h) and told in the background (deliveries()).
///
/// Every method answers denied, unauthenticated, and repo_unknown to those who may know.
/// Source: Quay, "repositorynotification".
class NotificationService {
 public:
  explicit NotificationService(const Tools& tools) : tools_(tools), deliveries_(tools) {}

  /// Oldest first.
  awaitable<Result<Notifications>> list(auth::Principal who, RepoName repository);
  /// Errors: not_found.
  awaitable<Result<NotificationView>> view(auth::Principal who, RepoName repository, std::string uuid);
  /// `wanted` may be the body's error: it is told only to those who may. `base_url` begins the links of what is told.
  /// Errors: invalid_request for an unknown event or method, for what check_event_config and check_method_config
  /// refuse, and for one too many: a repository has at most 100.
  awaitable<Result<NotificationView>> create(auth::Principal who, RepoName repository, Result<NewNotification> wanted,
                                             std::string base_url);
  /// What waits to be told by it is not told any more. Errors: invalid_request where there is none.
  awaitable<Result<bool>> remove(auth::Principal who, RepoName repository, std::string uuid);
  /// Lets one that has failed three times in a row tell again. Errors: invalid_request where there is none.
  awaitable<Result<bool>> reset_failures(auth::Principal who, RepoName repository, std::string uuid);
  /// Queues an event of its kind that did not happen; nothing where it has failed three times in a row.
  /// Errors: invalid_request where there is none.
  awaitable<Result<bool>> test(auth::Principal who, RepoName repository, std::string uuid);

  NotificationDeliveries& deliveries() { return deliveries_; }

 private:
  const Tools tools_;
  NotificationDeliveries deliveries_;
};

}  // namespace wharf::service
