#pragma once
#include "service/call.h"

namespace wharf::registry {

/// GET, HEAD and DELETE of /v2/<name>/blobs/<digest>.
void add_blob_operations(service::OperationTable& table);

}  // namespace wharf::registry
