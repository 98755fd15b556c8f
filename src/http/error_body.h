#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace wharf::http {

/// The problem document of Quay's API v1: {detail, error_message, error_type, title, type, status, message}.
/// `base_url` ("https://host") starts `type`. Source: Quay, "error bodies", shape P; `message` is shape M's.
Response api_error(const Error& error, std::string_view base_url);

/// {"errors":[{code, message, detail}]}. Source: OCI distribution-spec, "Error Codes".
Response registry_error(const Error& error);

}  // namespace wharf::http
