// The low-level interface for symmetry with sha256.cc: no allocation, no error that could not happen.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "blob/sha512.h"

#include <openssl/sha.h>

#include <array>

namespace wharf::blob {

struct Sha512::Context {
  SHA512_CTX sha;
};

Sha512::Sha512() : context_(std::make_unique<Context>()) { SHA512_Init(&context_->sha); }
Sha512::~Sha512() = default;

void Sha512::update(std::span<const std::byte> bytes) { SHA512_Update(&context_->sha, bytes.data(), bytes.size()); }

Digest Sha512::digest() const {
  SHA512_CTX copy = context_->sha;
  std::array<std::byte, 64> raw;
  SHA512_Final(reinterpret_cast<unsigned char*>(raw.data()), &copy);
  return Digest::sha512(raw);
}

}  // namespace wharf::blob
