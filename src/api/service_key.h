#pragma once
#include "service/call.h"

namespace wharf::api {

void add_service_key_operations(service::OperationTable& table);

}  // namespace wharf::api
