#pragma once
#include "service/call.h"

namespace wharf::api {

/// /realtime/user/subscribe. Source: Quay, "UI live events".
void add_event_operations(service::OperationTable& table);

}  // namespace wharf::api
