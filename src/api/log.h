#pragma once
#include "service/call.h"

namespace wharf::api {

/// The audit log: pages, sums, exports.
void add_log_operations(service::OperationTable& table);

}  // namespace wharf::api
