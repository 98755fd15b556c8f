#pragma once
#include "service/call.h"

namespace wharf::api {

/// App specific tokens: passwords of users for the registry alone.
void add_app_token_operations(service::OperationTable& table);

}  // namespace wharf::api
