#pragma once
#include "service/call.h"

namespace wharf::api {

/// The scanner as superusers see it.
void add_scanner_operations(service::OperationTable& table);

}  // namespace wharf::api
