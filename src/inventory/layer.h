#pragma once
#include <boost/describe.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "inventory/archive.h"
#include "inventory/package.h"

namespace wharf::inventory {

/// What one layer has, and what it takes away from those below it.
struct Layer {
  Distribution distribution{};           ///< All empty where it does not say.
  std::vector<Package> packages{};       ///< Without a language's packages that a distribution's package brought.
  std::vector<std::string> whiteouts{};  ///< Paths that are gone with all below them, in the layers below.
  std::vector<std::string> opaque{};     ///< Folders of which nothing of the layers below is left.
  /// Hashes (path.h), in order, of its databases, its language's packages, its programs and its links: these stand
  /// where the layers below may have had a package.
  std::vector<std::uint64_t> covered{};
  /// Hashes (package.h), in order, of the language's packages that a distribution's package brought: a copy of the same
  /// file in a layer above, with another owner or mode, say, is that package's, too.
  std::vector<std::uint64_t> brought{};
  std::vector<std::string> problems{};  ///< Files that could not be read, for people.
  friend bool operator==(const Layer&, const Layer&) = default;
};
BOOST_DESCRIBE_STRUCT(Layer, (), (distribution, packages, whiteouts, opaque, covered, brought, problems))

/// Goes up when the readers find more or other things than before: what an older version read is read anew.
inline constexpr std::int64_t kReaderVersion = 3;

/// Opens a layer's bytes at their start; called a second time where links lead to files that went by.
using LayerOpener = std::function<Result<std::unique_ptr<Source>>()>;

/// Reads a layer: tar, plain or packed by gzip or zstd.
///
/// Errors   invalid_request if it is no such archive or damaged, payload_too_large beyond the limits, unavailable when
///          `limits.stop` said so, and as the source fails. A damaged file in it is a problem, not an error.
/// Memory   the largest database in it (at most 192 MiB), else a few MiB.
/// Source   OCI image-spec, "Image Layer Filesystem Changeset".
Result<Layer> read_layer(const LayerOpener& open, const Limits& limits = {});

}  // namespace wharf::inventory
