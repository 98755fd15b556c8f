#pragma once
#include "service/call.h"

namespace wharf::api {

/// Repositories that the caller has starred. Source: Quay, group "star".
void add_star_operations(service::OperationTable& table);

}  // namespace wharf::api
