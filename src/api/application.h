#pragma once
#include "service/call.h"

namespace wharf::api {

/// OAuth applications of organizations, and the tokens made for them.
void add_application_operations(service::OperationTable& table);

}  // namespace wharf::api
