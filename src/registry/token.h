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

/// Name and password of an `Authorization: Basic` header.
struct BasicCredentials {
  std::string username;
  std::string password;
};
/// Nothing for another scheme, for what is no base64, and without a colon. Source: RFC 7617.
std::optional<BasicCredentials> parse_basic(std::string_view authorization);

/// GET /v2/, GET /v2/auth and GET /keys/services/{service}/keys.
void add_token_operations(service::OperationTable& table);

}  // namespace wharf::registry
