#pragma once
#include "service/call.h"

namespace wharf::ui {

/// What a web UI asks for when it starts: GET /config and GET /csrf_token. Source: Quay, "Boot data for a UI".
void add_boot_operations(service::OperationTable& table);

}  // namespace wharf::ui
