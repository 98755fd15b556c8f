#pragma once
#include "service/call.h"

namespace wharf::api {

/// /api/v1/organization/{orgname}/prototypes. Source: Quay, "Default permissions (prototypes)".
void add_prototype_operations(service::OperationTable& table);

}  // namespace wharf::api
