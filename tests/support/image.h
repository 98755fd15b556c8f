#pragma once
#include <string>
#include <string_view>

#include "base/digest.h"

namespace wharf::test {

inline constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kOciConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kOciLayer = "application/vnd.oci.image.layer.v1.tar+gzip";

/// A small image of one layer; what it holds is no archive, as a registry does not care. The same `seed` makes the same
/// image.
struct Image {
  std::string config;
  std::string layer;
  std::string manifest;

  static Image make(std::string_view seed, std::size_t layer_bytes = 1000);
  Digest digest() const { return Digest::of(manifest); }
};

/// {"mediaType", "digest", "size"} as text.
std::string descriptor(std::string_view media_type, std::string_view content);

}  // namespace wharf::test
