#pragma once
#include <string_view>

#include "base/error.h"
#include "inventory/finds.h"

/// Files that list what a program of another language brings along: PHP, .NET, Rust.
namespace wharf::inventory {

/// vendor/composer/installed.json: what Composer has installed. Both its forms, of Composer 1 and 2.
bool is_composer_list(std::string_view path);
Result<void> read_composer_list(std::string_view text, std::string_view path, Finds& finds);

/// A project's composer.lock, which has the same form, and its packages for development apart; not those that packages
/// bring along. It counts only where there is no installed.json for the project (`image.h`).
bool is_composer_lock(std::string_view path);

/// X.deps.json, which .NET writes beside a program. Source: dotnet/sdk, "runtime-configuration-file".
bool is_dotnet_list(std::string_view path);
Result<void> read_dotnet_list(std::string_view text, std::string_view path, Finds& finds);

/// Cargo.lock: what a Rust project is built from. Packages without a source are the project's own.
bool is_cargo_lock(std::string_view path);
Result<void> read_cargo_lock(std::string_view text, std::string_view path, Finds& finds);

}  // namespace wharf::inventory
