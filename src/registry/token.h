#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "service/call.h"

/// How a client of the registry gets in: the version check, the token service, the public keys.
namespace wharf::registry {

/// `Bearer realm="<base_url>/v2/auth",service="<service>"[,scope="<scope>"]`: where to get a token, and for what.
/// `scope` is "repository:acme/app:pull,push", or empty. Source: Docker's token authentication specification; Quay.
std::string challenge(std::string_view base_url, std::string_view service, std::string_view scope);

/// GET /v2/, GET /v2/auth and GET /keys/services/{service}/keys.
void add_token_operations(service::OperationTable& table);

}  // namespace wharf::registry
