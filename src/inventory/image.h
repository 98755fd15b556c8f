#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "inventory/layer.h"

namespace wharf::inventory {

/// A package that the running container has.
struct Installed {
  Package package{};
  std::size_t layer = 0;         ///< The lowest layer from which on it is there without a break; 0 is the lowest.
  std::size_t distribution = 0;  ///< Whose data tells of it, in `Image::distributions`.
  friend bool operator==(const Installed&, const Installed&) = default;
};

/// What the layers of an image come to.
struct Image {
  std::vector<Distribution> distributions{};
  std::vector<Installed> packages{};  ///< From the lowest layer up, each layer's in its own order.
};

/// Puts layers one upon the other, the lowest first.
///
/// A distribution's database counts in its uppermost copy alone; every other package lies in a file, which is there
/// until a layer above deletes or overwrites it. A whiteout acts on the layers below its own. A package belongs to the
/// distribution of the layer that has its database, or of the nearest one below that says, or else above; Red Hat's
/// repositories are those of the layer that brought the package. Lock files count where nothing is installed beside
/// them. Source: OCI image-spec, "Image Layer Filesystem Changeset".
Image merge_layers(std::span<const Layer> layers);

}  // namespace wharf::inventory
