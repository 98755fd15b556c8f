#pragma once
#include <string_view>

#include "base/error.h"
#include "inventory/finds.h"

/// RubyGems' installed gems.
namespace wharf::inventory {

/// specifications/X.gemspec, or below a folder of it such as default/.
bool is_gemspec(std::string_view path);
/// The name and the version that it sets; nothing of it is run. Source: RubyGems, "Specification Reference".
Result<void> read_gemspec(std::string_view text, std::string_view path, Finds& finds);

}  // namespace wharf::inventory
