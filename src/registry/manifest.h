#pragma once
#include "service/call.h"

namespace wharf::registry {

/// GET, HEAD, PUT and DELETE of /v2/<name>/manifests/<reference>.
void add_manifest_operations(service::OperationTable& table);

}  // namespace wharf::registry
