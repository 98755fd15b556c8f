#pragma once
#include "service/call.h"

namespace wharf::api {

/// /api/v1/setup: whether the first user is still to be made. For the built-in page.
void add_setup_operations(service::OperationTable& table);

}  // namespace wharf::api
