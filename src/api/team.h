#pragma once
#include "service/call.h"

namespace wharf::api {

/// /api/v1/organization/{orgname}/team/{teamname} and its members. Source: Quay, "Teams".
void add_team_operations(service::OperationTable& table);

}  // namespace wharf::api
