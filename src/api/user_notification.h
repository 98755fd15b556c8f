#pragma once
#include "service/call.h"

namespace wharf::api {

/// /api/v1/user/notifications. Source: Quay, "Users and session", notifications.
void add_user_notification_operations(service::OperationTable& table);

}  // namespace wharf::api
