#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace wharf::http {

/// The token of `Bearer <token>`, whatever the case of the keyword; nothing for other schemes. Source: RFC 6750.
std::optional<std::string_view> bearer_of(std::string_view authorization);

struct Credentials {
  std::string name;
  std::string password;
};

/// What stands in `Basic <base64>`, whatever the case of the keyword; nothing for other schemes and for what is badly
/// encoded or has no colon or no name. Source: RFC 7617.
std::optional<Credentials> basic_of(std::string_view authorization);

/// The value of the cookie `name`, as sent. Nothing when there is none, or more than one: which of several is ours,
/// and which somebody planted for another path or domain, cannot be told. Source: RFC 6265 section 5.4.
std::optional<std::string_view> cookie_of(const Request& request, std::string_view name);

}  // namespace wharf::http
