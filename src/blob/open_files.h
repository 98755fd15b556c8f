#pragma once
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/digest.h"
#include "http/message.h"

namespace wharf::blob {

/// The files of the blobs that were asked for last, kept open. Thread-safe.
///
/// A hit costs one fstat (0.3 µs), so that a blob which another process removed is let go, and its space with it.
class OpenFiles {
 public:
  explicit OpenFiles(std::size_t most = 256) : most_(most) {}

  struct Found {
    std::shared_ptr<http::File> file;
    std::uint64_t size_bytes = 0;
  };

  /// The file of `digest` below the folder `blobs`, or nothing if there is none.
  std::optional<Found> get(int blobs, const Digest& digest);
  void drop(const Digest& digest);
  std::size_t size() const;

 private:
  struct Kept {
    std::string name;
    Found found;
  };
  std::optional<Found> look_up(const std::string& name);

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::list<Kept> by_use_;  ///< The last used first.
  std::unordered_map<std::string, std::list<Kept>::iterator> by_name_;
  std::uint64_t drops_ = 0;
};

}  // namespace wharf::blob
