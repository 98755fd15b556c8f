#pragma once
#include "service/call.h"

namespace wharf::api {

void add_repository_token_operations(service::OperationTable& table);

}  // namespace wharf::api
