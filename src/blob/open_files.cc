#include "blob/open_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "blob/fs_folders.h"
#include "blob/posix.h"

namespace wharf::blob {
namespace {

constexpr std::uint64_t kReadAheadBytes = 1024 * 1024;

/// Opens to read, without touching the access time where we own the file.
Fd open_to_read(int blobs, const std::string& path) {
  Fd fd(::openat(blobs, path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOATIME));
  if (!fd && errno == EPERM) fd = Fd(::openat(blobs, path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  return fd;
}

}  // namespace

std::optional<OpenFiles::Found> OpenFiles::look_up(const std::string& name) {
  const auto at = by_name_.find(name);
  if (at == by_name_.end()) return std::nullopt;
  struct stat now{};
  if (::fstat(at->second->found.file->fd(), &now) == 0 && now.st_nlink > 0) {
    by_use_.splice(by_use_.begin(), by_use_, at->second);
    return at->second->found;
  }
  by_use_.erase(at->second);
  by_name_.erase(at);
  return std::nullopt;
}

std::optional<OpenFiles::Found> OpenFiles::get(int blobs, const Digest& digest) {
  std::uint64_t drops = 0;
  {
    const std::lock_guard lock(mutex_);
    if (auto found = look_up(digest.text())) return found;
    drops = drops_;
  }
  Fd fd = open_to_read(blobs, blob_path(digest));
  if (!fd) {
    if (errno == ENOENT) return std::nullopt;
    throw_io("open blob", errno);
  }
  struct stat now{};
  if (::fstat(fd.get(), &now) != 0) throw_io("stat blob", errno);
  Found found{nullptr, static_cast<std::uint64_t>(now.st_size)};
  // A hint alone; it may fail.
  if (found.size_bytes >= kReadAheadBytes) static_cast<void>(::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL));
  found.file = std::make_shared<http::File>(fd.release());

  const std::lock_guard lock(mutex_);
  // A removal in between may have been this blob's: then the file is not kept beyond this answer.
  if (drops != drops_ || by_name_.contains(digest.text())) return found;
  by_use_.push_front({digest.text(), found});
  by_name_.emplace(digest.text(), by_use_.begin());
  if (by_use_.size() > most_) {
    by_name_.erase(by_use_.back().name);
    by_use_.pop_back();
  }
  return found;
}

void OpenFiles::drop(const Digest& digest) {
  const std::lock_guard lock(mutex_);
  ++drops_;
  const auto at = by_name_.find(digest.text());
  if (at == by_name_.end()) return;
  by_use_.erase(at->second);
  by_name_.erase(at);
}

std::size_t OpenFiles::size() const {
  const std::lock_guard lock(mutex_);
  return by_use_.size();
}

}  // namespace wharf::blob
