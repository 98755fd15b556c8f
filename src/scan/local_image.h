#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "inventory/layer.h"

namespace wharf::scan {

/// An image, or a file system, as it lies on a disk.
struct LocalImage {
  std::string name;                      ///< Of its file or folder.
  std::vector<std::string> layer_names;  ///< Digests where they are known, else file names; the lowest first.
  std::vector<inventory::Layer> layers;  ///< In the same order.
};

/// Told how far it is: bytes read, and of how many (0: not known).
using ReadProgress = std::function<void(std::uint64_t bytes, std::uint64_t of)>;

/// Reads what is in `path`: an OCI layout (a folder, or a tar of one), an archive of `docker save` or `podman save`,
/// the tar of one file system, or the folder of one. The archives may be packed. Of a layout with several images the
/// first that is for this machine's kind of processor is taken, else the first.
/// Memory: one layer's readers; nothing is unpacked to the disk.
/// Errors: not_found; invalid_request for what is none of these, or damaged; those of read_layer.
Result<LocalImage> read_local_image(const std::filesystem::path& path, const inventory::Limits& limits,
                                    const ReadProgress& progress);

}  // namespace wharf::scan
