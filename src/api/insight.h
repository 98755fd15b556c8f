#pragma once
#include "service/call.h"

namespace wharf::api {

/// The registry in numbers, for superusers.
void add_insight_operations(service::OperationTable& table);

}  // namespace wharf::api
