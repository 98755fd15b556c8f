#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "blob/sha256.h"

// Any text is either refused or a state that writes itself back as the same text and goes on hashing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto hash = wharf::blob::Sha256::resume(text);
  if (!hash) return 0;
  if (hash->state() != text) std::abort();
  const auto before = hash->size_bytes();
  hash->update(std::as_bytes(std::span(data, size)));
  if (before + size < (std::uint64_t{1} << 61) && hash->size_bytes() != before + size) std::abort();
  if (!hash->digest().is_sha256()) std::abort();
  return 0;
}
