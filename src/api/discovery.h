#pragma once
#include "service/call.h"

namespace wharf::api {

/// /openapi.json, /api/v1/discovery and /api/v1/error/{error_type}: what the server says of its own operations.
void add_discovery_operations(service::OperationTable& table);

}  // namespace wharf::api
