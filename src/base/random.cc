#include "base/random.h"

#include <openssl/rand.h>

#include "base/error.h"
#include "base/hex.h"

namespace wharf {

std::string random_bytes(std::size_t length) {
  std::string bytes(length, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(length)) != 1) {
    throw Accident({Errc::internal, "No random numbers", "RAND_bytes failed"});
  }
  return bytes;
}

std::string random_text(std::size_t length, std::string_view alphabet) {
  // Bytes at or above the largest multiple of the alphabet's size would favour its first characters: drop them.
  const auto limit = 256 - 256 % alphabet.size();
  std::string text;
  text.reserve(length);
  while (text.size() < length) {
    for (const char c : random_bytes(length - text.size() + 16)) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < limit && text.size() < length) text.push_back(alphabet[byte % alphabet.size()]);
    }
  }
  return text;
}

std::string random_uuid() {
  auto bytes = random_bytes(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const auto hex = to_hex(bytes);
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' +
         hex.substr(20);
}

}  // namespace wharf
