#pragma once
#include "service/call.h"

namespace wharf::ui {

/// /authrepoemail: where the link leads by which somebody agrees to be mailed about a repository.
void add_repository_email_operations(service::OperationTable& table);

}  // namespace wharf::ui
