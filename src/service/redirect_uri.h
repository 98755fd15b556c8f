#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wharf::service {

/// Whether an authorization may be sent to `requested`: to `local`, the page of our own, or to what the application
/// registered. Of the latter scheme and host (with its port) are equal, the path starts with the registered one, and
/// behind that prefix there is no `%`; nowhere is there user information, `@`, `..` after decoding, a fragment, a
/// parameter that an answer has, or a character that is no URI's. Source: Quay, "Redirect-URI rule"; RFC 6749 section
/// 3.1.2.
bool redirect_allowed(std::string_view requested, std::string_view registered, std::string_view local);

/// Whether `uri` is one that an authorization could be sent to at all.
bool is_redirect_uri(std::string_view uri);

/// `scheme://host:port` of what `is_redirect_uri` takes.
std::string origin_of(std::string_view uri);

/// `uri` with these parameters added to its query.
std::string with_parameters(std::string_view uri, const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace wharf::service
