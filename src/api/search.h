#pragma once
#include "service/call.h"

namespace wharf::api {

/// Repositories, namespaces, users, teams and robots by name. Source: Quay, group "search".
void add_search_operations(service::OperationTable& table);

}  // namespace wharf::api
