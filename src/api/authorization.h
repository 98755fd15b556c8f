#pragma once
#include "service/call.h"

namespace wharf::api {

/// What users have authorized, and what was offered to them.
void add_authorization_operations(service::OperationTable& table);

}  // namespace wharf::api
