#pragma once
#include "service/call.h"

namespace wharf::api {

void add_superuser_operations(service::OperationTable& table);

}  // namespace wharf::api
