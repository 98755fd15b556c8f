#pragma once
#include "service/call.h"

namespace wharf::api {

/// /api/v1/organization/{orgname} and its members. Source: Quay, "Organizations".
void add_organization_operations(service::OperationTable& table);

}  // namespace wharf::api
