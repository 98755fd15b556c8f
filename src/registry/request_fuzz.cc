#include "registry/request.h"

/// The headers and names that a stranger sends to the registry protocol.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::uint64_t size_bytes = data[0] * 256u + data[1];
  const auto range = wharf::registry::byte_range(text, size_bytes);
  if (range && *range && ((*range)->length_bytes == 0 || (*range)->offset + (*range)->length_bytes > size_bytes)) {
    __builtin_trap();
  }
  (void)wharf::registry::content_range(text);
  (void)wharf::registry::reference(text, true);
  (void)wharf::registry::matches_etag(text, "\"a\"");
  return 0;
}
