#pragma once
#include "service/call.h"

namespace wharf::api {

/// Whether an address may be mailed about a repository. Source: Quay, "repoemail".
void add_repository_email_operations(service::OperationTable& table);

}  // namespace wharf::api
