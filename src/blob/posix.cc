#include "blob/posix.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace wharf::blob {

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

bool is_out_of_space(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

Error out_of_space() { return Error{Errc::insufficient_storage, "No space left in the registry's storage"}; }

void throw_io(const char* doing, int error) {
  std::string detail = std::string(doing) + ": " + std::generic_category().message(error);
  throw Accident(Error{Errc::internal, "The registry's storage failed", std::move(detail)});
}

Error storage_error(const char* doing, int error) {
  if (is_out_of_space(error)) return out_of_space();
  throw_io(doing, error);
}

int write_all(int fd, std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const auto n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return 0;
}

std::size_t read_full(int fd, std::span<std::byte> bytes, std::uint64_t offset) {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const auto n = ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(offset + have));
    if (n < 0) {
      if (errno == EINTR) continue;
      throw_io("read", errno);
    }
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  return have;
}

}  // namespace wharf::blob
