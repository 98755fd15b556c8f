#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace wharf::net::detail {

/// A host as Url::host has it, from a URL's host or a configured one; nothing when it is neither name nor address.
std::optional<std::string> plain_host(std::string_view text);

/// What a Location header of a reply to `base` means: an absolute URL, or nothing when it is none.
std::optional<std::string> resolve_reference(const std::string& base, const std::string& reference);

}  // namespace wharf::net::detail
