#include "blob/fs_publish.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <charconv>
#include <map>

namespace wharf::blob {
namespace {

// Larger files are synced by a task of their own: small ones need not wait for them.
constexpr std::uint64_t kSyncAloneBytes = 1024 * 1024;

std::size_t first_byte(std::string_view hex) {
  unsigned value = 0;
  std::from_chars(hex.data(), hex.data() + 2, value, 16);
  return value;
}

}  // namespace

awaitable<Result<Digest>> Publisher::publish(UploadState state) {
  auto self = shared_from_this();
  auto hash = hash_of(state);
  if (!hash) co_return hash.error();
  auto claim = co_await Claim::take(folders_, state.id);
  if (!claim) co_return claim.error();

  auto entry = std::make_shared<Entry>(std::move(state), hash->digest());
  if (entry->state.size_bytes > kSyncAloneBytes) {
    auto alone = [self, entry] {
      std::vector batch{entry};
      each(batch, [&](Entry& one) { self->prepare(one); });
      each(batch, [&](Entry& one) { self->sync(one); });
      return true;
    };
    co_await run_on(folders_->pool, std::move(alone));
  }
  auto join = [this, entry](std::unique_ptr<Wakeup> wakeup) {
    entry->wakeup = std::move(wakeup);
    const std::lock_guard lock(mutex_);
    waiting_.push_back(entry);
    if (running_) return;
    running_ = true;
    auto task = [self = shared_from_this()] { self->run_batch(); };
    boost::asio::post(folders_->pool, std::move(task));
  };
  co_await suspend(std::move(join));
  if (entry->thrown) std::rethrow_exception(entry->thrown);
  if (entry->failure) co_return *entry->failure;
  co_return entry->digest;
}

template <class Step>
void Publisher::each(std::vector<std::shared_ptr<Entry>>& batch, Step step) {
  for (auto& entry : batch) {
    if (!entry->well()) continue;
    try {
      step(*entry);
    } catch (...) {
      entry->thrown = std::current_exception();
    }
  }
}

void Publisher::run_batch() {
  std::vector<std::shared_ptr<Entry>> batch;
  {
    const std::lock_guard lock(mutex_);
    batch.swap(waiting_);
  }
  each(batch, [this](Entry& entry) { prepare(entry); });
  if (batch.size() > 1) {
    each(batch, [](Entry& entry) {
      // All files go to the disk at once; the syncs then find them there.
      if (entry.file && !entry.synced)
        static_cast<void>(::sync_file_range(entry.file->fd(), 0, 0, SYNC_FILE_RANGE_WRITE));
    });
  }
  each(batch, [this](Entry& entry) { sync(entry); });
  each(batch, [this](Entry& entry) { rename(entry); });
  sync_folders(batch);
  for (auto& entry : batch) {
    entry->file.reset();
    const auto wakeup = std::move(entry->wakeup);
    wakeup->wake();
  }
  const std::lock_guard lock(mutex_);
  running_ = !waiting_.empty();
  if (!running_) return;
  auto task = [self = shared_from_this()] { self->run_batch(); };
  boost::asio::post(folders_->pool, std::move(task));
}

bool Publisher::is_here(const Entry& entry) const {
  struct stat found{};
  if (::fstatat(folders_->blobs.get(), blob_path(entry.digest).c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return false;
    throw_io("stat blob", errno);
  }
  // Another size is a damaged file: the good copy takes its place.
  return static_cast<std::uint64_t>(found.st_size) == entry.state.size_bytes;
}

void Publisher::prepare(Entry& entry) {
  if (entry.file || entry.renamed) return;
  if (is_here(entry)) {
    // Also how a finish that is asked for again after a crash ends well.
    if (::unlinkat(folders_->uploads.get(), entry.state.id.c_str(), 0) != 0 && errno != ENOENT) {
      throw_io("remove upload", errno);
    }
    entry.renamed = true;
    return;
  }
  auto file = UploadFile::open(folders_, entry.state);
  if (file) {
    entry.file = std::move(*file);
  } else {
    entry.failure = file.error();
  }
}

void Publisher::sync(Entry& entry) {
  if (!entry.file || entry.synced) return;
  if (::fdatasync(entry.file->fd()) != 0) {
    const int error = errno;
    // The kernel may have dropped the pages, and the next fsync would not tell: this upload is over.
    entry.file->cut_back(0);
    entry.failure = storage_error("sync upload", error);
    return;
  }
  entry.synced = true;
}

Result<bool> Publisher::make_folder(std::string_view prefix) {
  const std::string name(prefix);
  if (::mkdirat(folders_->blobs.get(), name.c_str(), 0700) != 0 && errno != EEXIST) {
    return storage_error("create folder", errno);
  }
  if (::fsync(folders_->blobs.get()) != 0) return storage_error("sync folder", errno);
  durable_folders_.set(first_byte(prefix));
  return true;
}

void Publisher::rename(Entry& entry) {
  if (entry.renamed) return;
  const auto prefix = entry.digest.hex().substr(0, 2);
  const auto target = blob_path(entry.digest);
  const auto from = folders_->uploads.get();
  const auto to = folders_->blobs.get();
  const auto* id = entry.state.id.c_str();
  // Even a folder that is there may not be durable yet: another process may have made it just now.
  if (!durable_folders_.test(first_byte(prefix))) {
    if (auto made = make_folder(prefix); !made) {
      entry.failure = made.error();
      return;
    }
  }
  if (is_here(entry)) {  // an earlier entry of this batch, or another process
    ::unlinkat(from, id, 0);
    entry.renamed = true;
    return;
  }
  int failed = ::renameat(from, id, to, target.c_str());
  if (failed != 0 && errno == ENOENT) {
    // Someone took the empty folder away.
    if (auto made = make_folder(prefix); !made) {
      entry.failure = made.error();
      return;
    }
    failed = ::renameat(from, id, to, target.c_str());
  }
  if (failed != 0) {
    if (errno == ENOENT) {
      entry.failure = Error{Errc::upload_unknown, "The upload is not known"};
    } else {
      entry.failure = storage_error("rename upload", errno);
    }
    return;
  }
  entry.renamed = true;
}

void Publisher::sync_folders(std::vector<std::shared_ptr<Entry>>& batch) {
  std::map<std::string, std::vector<Entry*>, std::less<>> by_folder;
  for (auto& entry : batch) {
    if (entry->well()) by_folder[std::string(entry->digest.hex().substr(0, 2))].push_back(entry.get());
  }
  for (auto& [prefix, entries] : by_folder) {
    const Fd folder(::openat(folders_->blobs.get(), prefix.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const int error = folder && ::fsync(folder.get()) == 0 ? 0 : errno;
    if (error == 0) continue;
    for (auto* entry : entries) {
      try {
        throw_io("sync folder", error);
      } catch (...) {
        entry->thrown = std::current_exception();
      }
    }
  }
}

}  // namespace wharf::blob
