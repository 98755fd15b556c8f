#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/error.h"

namespace wharf::blob {

/// A running SHA-256 whose state can be stored half-way and taken up by another process.
/// Speed: the CPU's SHA instructions. Source: FIPS 180-4.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  /// From what `state()` gave. Errors: upload_invalid when `state` is not that.
  static Result<Sha256> resume(std::string_view state);
  void update(std::span<const std::byte> bytes);
  /// A portable text (version, counters, chaining value, pending bytes; endian-neutral), at most 300 characters.
  std::string state() const;
  /// The digest of what came so far; more may follow.
  Digest digest() const;
  /// How many bytes came so far.
  std::uint64_t size_bytes() const;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace wharf::blob
