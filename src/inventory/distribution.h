#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "inventory/finds.h"

namespace wharf::inventory {

/// Whether a file at `path` tells of the distribution.
bool is_release_file(std::string_view path);
Result<void> read_release_file(std::string_view text, std::string_view path, Finds& finds);

/// What the files of a layer tell of its distribution: os-release first, then what older systems have in its place.
Distribution find_distribution(const std::map<std::string, std::string>& releases);

/// Red Hat's lists of the repositories that an image was built from: root/buildinfo/content_manifests/….json.
bool is_content_manifest(std::string_view path);
Result<void> read_content_manifest(std::string_view text, std::string_view path, Finds& finds);

/// dnf's record of what it has done, var/lib/dnf/history.sqlite: newer lists of Red Hat's say to look there.
bool is_dnf_history(std::string_view path);
Result<void> read_dnf_history(std::string_view bytes, std::string_view path, Finds& finds);

}  // namespace wharf::inventory
