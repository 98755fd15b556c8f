#pragma once
#include "service/call.h"

namespace wharf::api {

void add_capabilities_operations(service::OperationTable& table);

}  // namespace wharf::api
