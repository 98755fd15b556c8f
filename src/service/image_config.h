#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "store/label.h"

namespace wharf::service {

/// Whether a manifest's `config` of this type is the configuration of an image. Source: OCI image-spec, config.md.
bool is_image_config(std::string_view media_type);

/// What a manifest of one image may bring along in labels; what is beyond it is left out, those of Quay's own
/// ("quay.…") last.
inline constexpr std::size_t kMostImportedLabels = 500;
inline constexpr std::size_t kMostImportedLabelBytes = 256 * 1024;

/// The labels that a manifest comes with: those of its configuration (the text of an image's, or ""), and its
/// annotations, which win where both have a key. Never fails: what cannot be read has no labels.
std::vector<store::Label> imported_labels(const json::Object& annotations, std::string_view config);

/// What the image runs on as the text of its configuration says: "linux/amd64", "linux/arm64/v8"; "" where it does not.
/// Never fails. Source: OCI image-spec, config.md, "os", "architecture", "variant".
std::string platform_of_image(std::string_view config);

/// "application/json" for the text of an object or a list, otherwise "text/plain".
std::string_view label_media_type(std::string_view value);

/// One layer as the API shows it, or one step of the build that made none.
struct ImageLayer {
  std::string blob_digest;
  std::optional<std::int64_t> size_bytes;  ///< Compressed.
  bool is_remote = false;                  ///< Its bytes are elsewhere.
  std::optional<std::vector<std::string>> urls;
  std::optional<std::vector<std::string>> command;
  std::optional<std::string> comment;
  std::optional<std::string> author;
  std::optional<Millis> created_ms;
};

/// The layers of a manifest, base first: an entry for each step in the history of `config` (the text of an image's
/// configuration) where that tells of as many layers as there are, otherwise an entry for each layer. Never fails.
std::vector<ImageLayer> image_layers(std::string_view manifest, std::string_view config);

}  // namespace wharf::service
