#pragma once
#include "service/call.h"

namespace wharf::registry {

/// GET of /v2/<name>/tags/list, /v2/_catalog and /v2/<name>/referrers/<digest>.
void add_list_operations(service::OperationTable& table);

}  // namespace wharf::registry
