#pragma once
#include "service/call.h"

namespace wharf::registry {

/// POST /v2/<name>/blobs/uploads/ and GET, PATCH, PUT, DELETE of an upload.
void add_upload_operations(service::OperationTable& table);

}  // namespace wharf::registry
