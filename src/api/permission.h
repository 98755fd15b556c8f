#pragma once
#include "service/call.h"

namespace wharf::api {

/// /api/v1/repository/{repository}/permissions/. Source: Quay, "permission".
void add_permission_operations(service::OperationTable& table);

}  // namespace wharf::api
