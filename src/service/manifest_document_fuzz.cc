#include "service/manifest_document.h"

/// What a stranger sends as a manifest: it must be refused or read, and what was read must be within bounds.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  using namespace wharf::service;
  constexpr std::string_view kTypes[] = {media::kOciManifest, media::kOciIndex, media::kDockerManifest,
                                         media::kDockerList, ""};
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto document = parse_manifest(kTypes[data[0] % std::size(kTypes)], text);
  if (document && (document->layers_size_bytes() < 0 || (document->is_list && !document->layers.empty())))
    __builtin_trap();
  return 0;
}
