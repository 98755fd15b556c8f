#pragma once
#include "service/call.h"

namespace wharf::api {

/// getManifestSecurity.
void add_scan_operations(service::OperationTable& table);

}  // namespace wharf::api
