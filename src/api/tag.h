#pragma once
#include "service/call.h"

namespace wharf::api {

/// Tags and their history: list, change, delete, restore, delete for good.
void add_tag_operations(service::OperationTable& table);

}  // namespace wharf::api
