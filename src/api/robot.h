#pragma once
#include "service/call.h"

namespace wharf::api {

/// /api/v1/organization/{orgname}/robots and /api/v1/user/robots. Source: Quay, "Robots".
void add_robot_operations(service::OperationTable& table);

}  // namespace wharf::api
