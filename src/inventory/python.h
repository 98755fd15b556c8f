#pragma once
#include <string_view>

#include "base/error.h"
#include "inventory/finds.h"

/// Python's installed distributions.
namespace wharf::inventory {

/// X.dist-info/METADATA, X.egg-info/PKG-INFO, X.egg/EGG-INFO/PKG-INFO, or a file X.egg-info.
bool is_python_metadata(std::string_view path);
/// Headers as in a mail, of which Name and Version count. Source: Python's "Core metadata specifications".
Result<void> read_python_metadata(std::string_view text, std::string_view path, Finds& finds);

}  // namespace wharf::inventory
