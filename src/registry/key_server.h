#pragma once
#include "service/call.h"

namespace wharf::registry {

/// The key server: public keys of services, for whoever checks what they signed. Source: Quay, "Key server".
void add_key_server_operations(service::OperationTable& table);

}  // namespace wharf::registry
