#pragma once
#include "service/call.h"

namespace wharf::api {

void add_registry_size_operations(service::OperationTable& table);

}  // namespace wharf::api
