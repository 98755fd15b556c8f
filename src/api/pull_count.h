#pragma once
#include "service/call.h"

namespace wharf::api {

/// How often tags and manifests were pulled.
void add_pull_count_operations(service::OperationTable& table);

}  // namespace wharf::api
