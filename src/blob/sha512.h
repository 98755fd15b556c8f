#pragma once
#include <cstddef>
#include <memory>
#include <span>

#include "base/digest.h"

namespace wharf::blob {

/// A running SHA-512. Source: FIPS 180-4.
class Sha512 {
 public:
  Sha512();
  ~Sha512();
  Sha512(const Sha512&) = delete;
  Sha512& operator=(const Sha512&) = delete;

  void update(std::span<const std::byte> bytes);
  /// The digest of what came so far; more may follow.
  Digest digest() const;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace wharf::blob
