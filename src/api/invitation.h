#pragma once
#include "service/call.h"

namespace wharf::api {

/// Invitations into teams: by address, and their answers. Source: Quay, "Teams".
void add_invitation_operations(service::OperationTable& table);

}  // namespace wharf::api
