#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"

namespace wharf::service {

namespace media {
inline constexpr std::string_view kDockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
}  // namespace media

/// What the sizes that one manifest gives may add up to: no registry holds as much, and sums of sums stay numbers.
inline constexpr std::int64_t kMostContentBytes = std::int64_t{1} << 46;

/// Whether layers of this type live elsewhere ("foreign", "nondistributable"): no registry has to hold them.
bool is_foreign_layer(std::string_view media_type);

/// A pointer to content. Source: OCI image-spec, descriptor.md.
struct Descriptor {
  std::string media_type;
  Digest digest;
  std::int64_t size_bytes = 0;

  bool is_foreign() const { return is_foreign_layer(media_type); }
};

/// What Wharf needs to know of a manifest; the bytes themselves are kept as pushed.
struct ManifestDocument {
  std::string media_type;
  bool is_list = false;
  std::optional<Descriptor> config;
  std::vector<Descriptor> layers;    ///< Of an image or an artifact.
  std::vector<Descriptor> children;  ///< Of a list or an index.
  std::optional<Descriptor> subject;
  std::optional<std::string> artifact_type;
  json::Object annotations;

  /// Sum of the layers' sizes, in bytes.
  std::int64_t layers_size_bytes() const;
  /// Whether there are layers with file systems that a scanner could look at.
  bool is_scannable() const;
};

/// Reads a manifest sent with `content_type` (parameters such as "; charset=utf-8" are ignored; without a type, or with
/// application/json, the document's own mediaType counts).
///
/// Errors  manifest_type_unsupported (415) for a media type that is none of the four;
///         manifest_invalid for what is not JSON, too deep, has a key twice, lacks a required member, has a descriptor
///         with a bad digest or a negative size, or contradicts its media type.
/// Source  OCI image-spec, manifest.md and image-index.md; Docker, "Image Manifest Version 2, Schema 2".
Result<ManifestDocument> parse_manifest(std::string_view content_type, std::string_view content);

}  // namespace wharf::service
