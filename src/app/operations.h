#pragma once
#include "service/call.h"

namespace wharf::app {

/// Every operation of the product: a new noun adds its line here.
void add_all_operations(service::OperationTable& table);

}  // namespace wharf::app
