#pragma once
#include "service/call.h"

namespace wharf::api {

/// Sign-in, sign-out, and accounts elsewhere that one can sign in with.
void add_session_operations(service::OperationTable& table);

}  // namespace wharf::api
