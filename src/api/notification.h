#pragma once
#include "service/call.h"

namespace wharf::api {

/// …/notification/ of a repository. Source: Quay, "repositorynotification".
void add_notification_operations(service::OperationTable& table);

}  // namespace wharf::api
