#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "db/database.h"
#include "net/http_client.h"
#include "service/letter.h"
#include "service/repository_event.h"
#include "service/settings.h"

/// The ways in which somebody is told of an event. Source: Quay, "Methods".
namespace wharf::service {

/// Whether `method` is one of webhook, email, slack, hipchat, flowdock, quay_notification.
bool is_notification_method(std::string_view method);

/// The repository that a notification is about.
struct NotifyingRepository {
  std::int64_t id = 0;
  std::int64_t namespace_id = 0;
  std::string ns;
  bool is_organization = false;
};

/// What a method's configuration is held against.
struct MethodRules {
  const Settings& settings;
  const net::AddressPolicy& policy;
};

/// Whether somebody can be told by `method` with that configuration.
/// Errors: invalid_request with the reason: something is missing, an address that may not be connected to, an e-mail
/// address that has not agreed, a template that is none, an unknown user, team or organization.
Result<void> check_method_config(db::Tx& tx, const MethodRules& rules, const NotifyingRepository& repository,
                                 std::string_view method, const json::Object& config);

/// The accounts to tell in the web UI: the user, the organization (whose admins read it), the team's members.
/// Errors: invalid_request, as above.
Result<std::vector<std::int64_t>> notified_accounts(db::Tx& tx, const NotifyingRepository& repository,
                                                    const json::Object& config);
/// Where the mail goes. Errors: invalid_request, as above.
Result<std::string> notified_address(db::Tx& tx, const Settings& settings, const NotifyingRepository& repository,
                                     const json::Object& config);
letter::Notice notification_letter(const RepositoryEvent& event);

/// The request that tells of `event`, for the methods that make one. Errors: invalid_request for a template that makes
/// too much of it.
Result<net::HttpRequest> notification_request(const Settings& settings, const RepositoryEvent& event,
                                              std::string_view method, const json::Object& config);

}  // namespace wharf::service
