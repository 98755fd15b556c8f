#pragma once
#include <string_view>

#include "base/error.h"
#include "inventory/finds.h"

/// Alpine's package manager.
namespace wharf::inventory {

/// lib/apk/db/installed, since apk 3 also usr/lib/apk/db/installed.
bool is_apk_database(std::string_view path);
/// Records of lines "X:value" with blank lines between. Source: Alpine's wiki, "Apk spec".
Result<void> read_apk_database(std::string_view text, std::string_view path, Finds& finds);

}  // namespace wharf::inventory
