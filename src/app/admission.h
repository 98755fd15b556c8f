#pragma once
#include <optional>

#include "app/identify.h"
#include "service/call.h"

namespace wharf::app {

/// What keeps an identified caller from `operation` before a byte of the body is read; nothing when it may run.
///
/// In this order: csrf_invalid for a change by a session, or by nobody, without the session's CSRF token; 401 for the
/// anonymous where somebody is wanted; read_only; invalid_request for a browser that reads the API without a script;
/// fresh_login_required. A stranger without any session is told 401 before 403 where somebody is wanted.
/// Source: Quay, "Session, CSRF, sign-in".
std::optional<Error> not_admitted(const service::Call& call, const http::Operation& operation,
                                  const Identity& identity);

}  // namespace wharf::app
