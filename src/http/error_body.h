#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace wharf::http {

/// Says, as `Error::extra`, that the API's answer is {"error": message} alone.
inline constexpr std::string_view kBareError = R"({"error": ""})";

/// The problem document of Quay's API v1: {detail, error_message, error_type, title, type, status, message}.
/// `base_url` ("https://host") starts `type`. Source: Quay, "error bodies", shape P; `message` is shape M's.
/// A few refusals have Quay's other forms: {"error": message} as text/html (shape E) for CSRF, anonymous access that is
/// off and kBareError; plain text for too many attempts.
Response api_error(const Error& error, std::string_view base_url);

/// {"errors":[{code, message, detail}]}. Source: OCI distribution-spec, "Error Codes".
Response registry_error(const Error& error);

}  // namespace wharf::http
