#pragma once
#include "service/call.h"

namespace wharf::api {

/// What has to do with links in mails, and with machines' first token: /api/v1/recovery, /recovery, /confirm,
/// /api/v1/bootstrap/renew. Source: Quay, "Users and session" and "Messages, capabilities, bootstrap".
void add_account_link_operations(service::OperationTable& table);

}  // namespace wharf::api
