#include "tests/support/image.h"

namespace wharf::test {

std::string descriptor(std::string_view media_type, std::string_view content) {
  return R"({"mediaType":")" + std::string(media_type) + R"(","digest":")" + Digest::of(content).text() +
         R"(","size":)" + std::to_string(content.size()) + '}';
}

Image Image::make(std::string_view seed, std::size_t layer_bytes) {
  Image image;
  const std::string piece = Digest::of(seed).text() + '\n';
  while (image.layer.size() < layer_bytes) image.layer += piece;
  image.layer.resize(layer_bytes);
  image.config = R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[")" +
                 Digest::of(image.layer).text() + R"("]},"config":{"Labels":{"seed":")" + Digest::of(seed).text() +
                 R"("}}})";
  image.manifest = R"({"schemaVersion":2,"mediaType":")" + std::string(kOciManifest) + R"(","config":)" +
                   descriptor(kOciConfig, image.config) + R"(,"layers":[)" + descriptor(kOciLayer, image.layer) + "]}";
  return image;
}

}  // namespace wharf::test
