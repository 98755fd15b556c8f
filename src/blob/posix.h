#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "base/error.h"

namespace wharf::blob {

/// A file descriptor, closed with its owner.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();
  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// The errors that a full file system, a quota or a size limit gives.
bool is_out_of_space(int error);

/// What the caller answers when the file system has no room.
Error out_of_space();

/// Throws Accident{internal}; the log reads `doing` and the text of `error` (an errno).
[[noreturn]] void throw_io(const char* doing, int error);

/// out_of_space(), or throws as throw_io.
Error storage_error(const char* doing, int error);

/// Writes all of `bytes` at `offset`. Returns 0 or an errno.
int write_all(int fd, std::span<const std::byte> bytes, std::uint64_t offset);

/// Fills `bytes` from `offset`; throws Accident{internal} on an error. Returns how many were there before the end.
std::size_t read_full(int fd, std::span<std::byte> bytes, std::uint64_t offset);

}  // namespace wharf::blob
