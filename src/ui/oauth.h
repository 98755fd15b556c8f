#pragma once
#include "service/call.h"

namespace wharf::ui {

/// OAuth's web flow under /oauth/: where clients send their users, and where they exchange codes for tokens.
void add_oauth_operations(service::OperationTable& table);

}  // namespace wharf::ui
