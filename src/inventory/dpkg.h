#pragma once
#include <string_view>

#include "base/error.h"
#include "inventory/finds.h"

/// Debian's package manager.
namespace wharf::inventory {

/// var/lib/dpkg/status, or a file of the folder that distroless images have in its place, var/lib/dpkg/status.d.
bool is_dpkg_status(std::string_view path);
/// The packages that are installed. Source: deb-control(5), dpkg-query(1).
Result<void> read_dpkg_status(std::string_view text, std::string_view path, Finds& finds);

/// var/lib/dpkg/info/PACKAGE.list
bool is_dpkg_list(std::string_view path);
/// The files that a package brought, a path a line.
Result<void> read_dpkg_list(std::string_view text, std::string_view path, Finds& finds);

}  // namespace wharf::inventory
