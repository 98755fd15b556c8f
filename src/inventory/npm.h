#pragma once
#include <string_view>

#include "base/error.h"
#include "inventory/finds.h"

/// npm's packages, as they are installed and as a project's lock file wants them.
namespace wharf::inventory {

/// package.json of a folder that lies in a node_modules, or in a scope (@x) there.
bool is_npm_package(std::string_view path);
Result<void> read_npm_package(std::string_view text, std::string_view path, Finds& finds);

/// A project's package-lock.json; not those that packages bring along.
bool is_npm_lock(std::string_view path);
/// What the lock file would have installed, without what is for development. It counts only where there is no
/// node_modules beside it (`image.h`). Source: npm docs, "package-lock.json", versions 1 to 3.
Result<void> read_npm_lock(std::string_view text, std::string_view path, Finds& finds);

}  // namespace wharf::inventory
