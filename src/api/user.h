#pragma once
#include "service/call.h"

namespace wharf::api {

/// /api/v1/user/, /api/v1/users/ and /api/v1/superuser/users/. Source: Quay, "Users and session" and "Superuser".
void add_user_operations(service::OperationTable& table);

}  // namespace wharf::api
