#pragma once
#include <string>
#include <string_view>

namespace wharf {

/// The text as it may stand in HTML, in an attribute's quotes too.
std::string html_escaped(std::string_view text);

}  // namespace wharf
