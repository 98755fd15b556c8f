#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace wharf::vuln {

/// How much a file of a feed may hold once it is unpacked.
struct InputLimits {
  std::uint64_t bytes = std::uint64_t{16} << 30;  ///< All its entries together.
  std::uint64_t entries = 2'000'000;
  std::uint64_t ratio = 300;                           ///< Bytes out for each byte in…
  std::uint64_t free_bytes = std::uint64_t{64} << 20;  ///< …beyond these, which are out of that count.
};

/// One entry of an archive, or the one file that is none; read from its start to its end, once.
class Input {
 public:
  virtual ~Input() = default;
  virtual std::string_view name() const = 0;
  /// Fills the front of `buffer`; 0 at the end. Errors: invalid_request for a damaged file and beyond the limits.
  virtual Result<std::size_t> read(std::span<char> buffer) = 0;
  /// The whole rest, at most `limit` bytes. Errors: payload_too_large for more, and as `read`.
  Result<std::string> read_all(std::size_t limit);
};

/// Calls `each` for every file in `path`: the entries of a zip or tar, the one of a compressed file, or the file
/// itself, unpacked by gzip, bzip2, xz and zstd as they are needed. Nothing that an archive names reaches the disk.
/// `each` need not read an entry to its end; its first error ends the walk and is returned.
/// `progress` is told now and then how many bytes of the file have been read.
Result<void> read_file(const std::filesystem::path& path, const std::function<Result<void>(Input&)>& each,
                       const InputLimits& limits = {}, const std::function<void(std::uint64_t)>& progress = {});

}  // namespace wharf::vuln
