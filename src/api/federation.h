#pragma once
#include "service/call.h"

namespace wharf::api {

/// Whose tokens from elsewhere a robot takes for its password. Source: Quay, "Robots", federation.
void add_federation_operations(service::OperationTable& table);

}  // namespace wharf::api
