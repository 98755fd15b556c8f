#pragma once
#include "service/call.h"

namespace wharf::api {

/// Policies of immutability, of organizations and of repositories.
void add_immutability_operations(service::OperationTable& table);

}  // namespace wharf::api
