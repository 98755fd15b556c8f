#include "blob/fs_upload.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace wharf::blob {
namespace {

constexpr const char* kMark = "user.wharf.upload";
constexpr std::size_t kMarkChars = 32;

Error unknown_upload() { return Error{Errc::upload_unknown, "The upload is not known"}; }

Sha256 hash_front(Folders& folders, int fd, std::uint64_t size_bytes) {
  Sha256 hash;
  const auto buffer = folders.buffers.take();
  for (std::uint64_t at = 0; at < size_bytes;) {
    const auto want = std::min<std::uint64_t>(buffer.bytes().size(), size_bytes - at);
    const auto piece = buffer.bytes().first(static_cast<std::size_t>(want));
    const auto have = read_full(fd, piece, at);
    hash.update(piece.first(have));
    if (have < want) break;
    at += have;
  }
  return hash;
}

}  // namespace

Result<Sha256> hash_of(const UploadState& state) {
  auto hash = Sha256::resume(state.hash);
  if (!hash) return hash;
  if (hash->size_bytes() != state.size_bytes) {
    return Error{Errc::upload_invalid, "The upload cannot be continued", "its size and its hash disagree"};
  }
  return hash;
}

std::string UploadFile::mark_of(const UploadState& state) const {
  const auto digest = Digest::of(folders_->boot_id + ' ' + state.hash);
  return std::string(digest.hex().substr(0, kMarkChars));
}

Result<std::unique_ptr<UploadFile>> UploadFile::open(std::shared_ptr<Folders> folders, const UploadState& state) {
  if (!is_upload_id(state.id)) return unknown_upload();
  const int make = state.size_bytes == 0 ? O_CREAT : 0;
  Fd fd(::openat(folders->uploads.get(), state.id.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | make, 0600));
  if (!fd) {
    if (errno == ENOENT && make == 0) return unknown_upload();
    return storage_error("open upload", errno);
  }
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw_io("lock upload", errno);
    return Error{Errc::upload_busy, "Another request is writing this upload"};
  }
  // Between open and lock another process may have published the file: it is a blob then, and not to be written.
  struct stat ours{};
  struct stat named{};
  if (::fstat(fd.get(), &ours) != 0) throw_io("stat upload", errno);
  if (::fstatat(folders->uploads.get(), state.id.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return unknown_upload();
    throw_io("stat upload", errno);
  }
  if (ours.st_ino != named.st_ino) return unknown_upload();

  std::unique_ptr<UploadFile> file(new UploadFile(std::move(folders), std::move(fd), state.id));
  if (auto settled = file->settle(state); !settled) return settled.error();
  return file;
}

Result<bool> UploadFile::settle(const UploadState& state) {
  struct stat now{};
  if (::fstat(fd_.get(), &now) != 0) throw_io("stat upload", errno);
  const auto size_bytes = static_cast<std::uint64_t>(now.st_size);
  if (size_bytes < state.size_bytes) return unknown_upload();

  std::array<char, kMarkChars> found{};
  const auto n = ::fgetxattr(fd_.get(), kMark, found.data(), found.size());
  const bool marked = n == static_cast<ssize_t>(found.size());
  if (!marked || std::string_view(found.data(), found.size()) != mark_of(state)) {
    if (state.size_bytes > 0 && hash_front(*folders_, fd_.get(), state.size_bytes).state() != state.hash) {
      return unknown_upload();
    }
    // What is written from here on may undo the front that the old mark speaks of.
    if (n >= 0 && ::fremovexattr(fd_.get(), kMark) != 0 && errno != ENODATA) throw_io("unmark upload", errno);
    if (state.size_bytes > 0) mark(state);
  }
  if (size_bytes > state.size_bytes && ::ftruncate(fd_.get(), static_cast<off_t>(state.size_bytes)) != 0) {
    return storage_error("cut upload", errno);
  }
  return true;
}

void UploadFile::mark(const UploadState& state) {
  const auto text = mark_of(state);
  // Failing costs a second reading later, no more: an older mark speaks of a shorter front, which is still right.
  static_cast<void>(::fsetxattr(fd_.get(), kMark, text.data(), text.size(), 0));
}

void UploadFile::cut_back(std::uint64_t size_bytes) {
  const int failed = size_bytes == 0 ? ::unlinkat(folders_->uploads.get(), id_.c_str(), 0)
                                     : ::ftruncate(fd_.get(), static_cast<off_t>(size_bytes));
  // The caller has an error to report already; a leftover goes with the upload.
  static_cast<void>(failed);
}

}  // namespace wharf::blob
