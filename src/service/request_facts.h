#pragma once
#include <memory>

#include "auth/principal.h"
#include "http/message.h"

namespace wharf::service {

/// What the audit log may tell of `request`: the values of parameters that look like secrets are left out.
std::shared_ptr<const auth::RequestFacts> request_facts(const http::Request& request);

}  // namespace wharf::service
