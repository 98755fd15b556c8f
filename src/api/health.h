#pragma once
#include "service/call.h"

namespace wharf::api {

/// /health…, /status, /metrics and the pings. Source: Quay, "Shape of the server" and "Other endpoints".
void add_health_operations(service::OperationTable& table);

}  // namespace wharf::api
