#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/random.h"
#include "blob/backends.h"
#include "blob/fs_folders.h"
#include "blob/fs_publish.h"
#include "blob/fs_upload.h"
#include "blob/open_files.h"
#include "blob/sha512.h"

namespace wharf::blob {
namespace {

Error unknown_blob(const Digest& digest) {
  return Error{Errc::blob_unknown, "The blob is not known", {}, digest.text()};
}

/// The names in `folder`, sorted; nothing when the folder is not there.
std::vector<std::string> names_in(int base, const char* folder) {
  const int fd = ::openat(base, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return {};
  if (fd < 0) throw_io("open folder", errno);
  const auto close = [](DIR* d) { ::closedir(d); };
  const std::unique_ptr<DIR, decltype(close)> dir(::fdopendir(fd), close);
  if (!dir) throw_io("read folder", errno);
  std::vector<std::string> names;
  errno = 0;
  while (const auto* entry = ::readdir(dir.get())) names.emplace_back(entry->d_name);
  if (errno != 0) throw_io("read folder", errno);
  std::ranges::sort(names);
  return names;
}

std::optional<struct stat> stat_at(int base, const std::string& path) {
  struct stat found{};
  if (::fstatat(base, path.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0) return found;
  if (errno == ENOENT) return std::nullopt;
  throw_io("stat", errno);
}

/// Beside the blobs' folder: the id of the registry that they belong to.
constexpr auto kOwner = "../registry";

/// Fills `into` if all of it is in the page cache; never waits for the disk.
bool read_cached(int fd, std::string& into) {
  iovec piece{into.data(), into.size()};
  const auto n = ::preadv2(fd, &piece, 1, 0, RWF_NOWAIT);
  return n >= 0 && static_cast<std::size_t>(n) == into.size();
}

class FsBlobStore final : public BlobStore {
 public:
  explicit FsBlobStore(std::shared_ptr<Folders> folders)
      : folders_(std::move(folders)), publisher_(std::make_shared<Publisher>(folders_)) {}

  awaitable<Result<UploadState>> begin() override {
    co_return UploadState{.id = random_uuid(), .size_bytes = 0, .hash = Sha256().state(), .backend = {}};
  }

  awaitable<Result<std::unique_ptr<UploadWriter>>> resume(UploadState state) override {
    co_return co_await make_upload_writer(folders_, std::move(state));
  }

  awaitable<Result<Digest>> finish(UploadState state) override {
    auto digest = co_await publisher_->publish(std::move(state));
    // A damaged file that was replaced must not be served on.
    if (digest) files_.drop(*digest);
    co_return digest;
  }

  awaitable<Result<Digest>> sha512(UploadState state) override {
    if (auto hash = hash_of(state); !hash) co_return hash.error();
    auto claim = co_await Claim::take(folders_, state.id);
    if (!claim) co_return claim.error();
    auto job = [folders = folders_, state]() -> Result<Digest> {
      Sha512 hash;
      if (state.size_bytes == 0) return hash.digest();
      auto file = UploadFile::open(folders, state);
      if (!file) return file.error();
      const auto buffer = folders->buffers.take();
      for (std::uint64_t at = 0; at < state.size_bytes;) {
        const auto want = std::min<std::uint64_t>(buffer.bytes().size(), state.size_bytes - at);
        const auto piece = buffer.bytes().first(static_cast<std::size_t>(want));
        if (read_full((*file)->fd(), piece, at) < want) return Error{Errc::upload_unknown, "The upload is not known"};
        hash.update(piece);
        at += want;
      }
      return hash.digest();
    };
    co_return co_await run_on(folders_->pool, std::move(job));
  }

  awaitable<Result<bool>> abort(UploadState state) override {
    if (!is_upload_id(state.id)) co_return false;
    // Without the claim the file goes all the same; a writer that lives on writes into nothing.
    const auto claim = co_await Claim::take(folders_, state.id);
    auto job = [folders = folders_, id = state.id]() -> Result<bool> {
      if (::unlinkat(folders->uploads.get(), id.c_str(), 0) == 0) return true;
      if (errno != ENOENT) throw_io("remove upload", errno);
      return false;
    };
    co_return co_await run_on(folders_->pool, std::move(job));
  }

  // A name is looked up in 0.6 µs and opened in 1.7 µs, a thread hand-over costs 10 µs: both are done here and now.
  awaitable<Result<std::optional<BlobInfo>>> stat(BlobRef blob) override {
    const auto& digest = blob.digest;
    std::optional<BlobInfo> info;
    if (digest.is_sha256()) {
      const auto found = stat_at(folders_->blobs.get(), blob_path(digest));
      if (found) info = BlobInfo{static_cast<std::uint64_t>(found->st_size)};
    }
    co_return info;
  }

  awaitable<Result<http::Body>> open(BlobRef blob, std::uint64_t offset, std::uint64_t length_bytes) override {
    const auto& digest = blob.digest;
    std::optional<OpenFiles::Found> found;
    if (digest.is_sha256()) found = files_.get(folders_->blobs.get(), digest);
    if (!found) co_return unknown_blob(digest);
    co_return http::Body(http::FileBody{std::move(found->file), offset, length_bytes});
  }

  awaitable<Result<std::string>> read(BlobRef blob, std::size_t limit_bytes) override {
    const auto& digest = blob.digest;
    std::optional<OpenFiles::Found> found;
    if (digest.is_sha256()) found = files_.get(folders_->blobs.get(), digest);
    if (!found) co_return unknown_blob(digest);
    if (found->size_bytes > limit_bytes) co_return Error{Errc::payload_too_large, "The blob is too large"};
    std::string content(static_cast<std::size_t>(found->size_bytes), '\0');
    if (content.empty() || read_cached(found->file->fd(), content)) co_return content;
    auto job = [file = found->file, content = std::move(content)]() mutable -> Result<std::string> {
      const auto have = read_full(file->fd(), std::as_writable_bytes(std::span(content)), 0);
      content.resize(have);
      return std::move(content);
    };
    co_return co_await run_on(folders_->pool, std::move(job));
  }

  awaitable<Result<bool>> remove(BlobRef blob) override {
    const auto& digest = blob.digest;
    if (!digest.is_sha256()) co_return false;
    auto job = [this, folders = folders_, digest]() -> Result<bool> {
      const bool gone = ::unlinkat(folders->blobs.get(), blob_path(digest).c_str(), 0) == 0;
      if (!gone && errno != ENOENT) throw_io("remove blob", errno);
      files_.drop(digest);
      return gone;
    };
    co_return co_await run_on(folders_->pool, std::move(job));
  }

  awaitable<Result<std::vector<BlobEntry>>> list(std::string after, std::size_t limit) override {
    auto job = [folders = folders_, after = std::move(after), limit] { return list_now(*folders, after, limit); };
    co_return co_await run_on(folders_->pool, std::move(job));
  }

  awaitable<Result<std::string>> owner(std::string mine, bool may_note) override {
    auto job = [folders = folders_, mine = std::move(mine), may_note] { return owner_now(*folders, mine, may_note); };
    co_return co_await run_on(folders_->pool, std::move(job));
  }

  awaitable<Result<std::vector<StaleUpload>>> uploads_older_than(Millis before_ms) override {
    auto job = [folders = folders_, before_ms] { return stale_now(*folders, before_ms); };
    co_return co_await run_on(folders_->pool, std::move(job));
  }

  awaitable<Result<bool>> check() override {
    auto job = [folders = folders_] { return probe(*folders); };
    co_return co_await run_on(folders_->pool, std::move(job));
  }

 private:
  static Result<std::vector<BlobEntry>> list_now(const Folders& folders, const std::string& after, std::size_t limit) {
    std::vector<BlobEntry> entries;
    const int base = folders.blobs.get();
    const auto last = after.starts_with("sha256:") ? after.substr(7) : after;
    for (const auto& prefix : names_in(base, ".")) {
      if (prefix.size() != 2 || prefix < last.substr(0, 2)) continue;
      for (const auto& name : names_in(base, prefix.c_str())) {
        if (entries.size() >= limit) return entries;
        const auto digest = Digest::parse("sha256:" + name);
        if (!digest || name <= last || !name.starts_with(prefix)) continue;
        // Removed since the folder was read: nothing to list.
        const auto found = stat_at(base, blob_path(*digest));
        if (!found) continue;
        // The rename to this name changed the inode; its bytes may be much older.
        const Millis since = found->st_ctim.tv_sec * 1000 + found->st_ctim.tv_nsec / 1'000'000;
        entries.push_back({*digest, {}, static_cast<std::uint64_t>(found->st_size), since});
      }
    }
    return entries;
  }

  static std::string noted_owner(const Folders& folders) {
    const Fd fd(::openat(folders.blobs.get(), kOwner, O_RDONLY | O_CLOEXEC));
    if (!fd && errno == ENOENT) return {};
    if (!fd) throw_io("open the registry's id", errno);
    std::string id(64, '\0');
    id.resize(read_full(fd.get(), std::as_writable_bytes(std::span(id)), 0));
    return id.substr(0, id.find('\n'));
  }

  static Result<std::string> owner_now(const Folders& folders, const std::string& mine, bool may_note) {
    auto owner = noted_owner(folders);
    if (!owner.empty() || !may_note) return owner;
    // Whole or not at all, and never over another's.
    const auto line = mine + '\n';
    const auto draft = std::string(kOwner) + '.' + random_uuid();
    const int base = folders.blobs.get();
    const Fd fd(::openat(base, draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
    if (!fd) return storage_error("create the registry's id", errno);
    int error = write_all(fd.get(), std::as_bytes(std::span(line)), 0);
    if (error == 0 && ::fsync(fd.get()) != 0) error = errno;
    if (error == 0 && ::linkat(base, draft.c_str(), base, kOwner, 0) != 0 && errno != EEXIST) error = errno;
    if (::unlinkat(base, draft.c_str(), 0) != 0 && error == 0) error = errno;
    if (error != 0) return storage_error("write the registry's id", error);
    return noted_owner(folders);
  }

  static Result<std::vector<StaleUpload>> stale_now(const Folders& folders, Millis before_ms) {
    std::vector<StaleUpload> stale;
    for (const auto& id : names_in(folders.uploads.get(), ".")) {
      if (!is_upload_id(id)) continue;
      const auto found = stat_at(folders.uploads.get(), id);
      if (!found) continue;
      const Millis modified = found->st_mtim.tv_sec * 1000 + found->st_mtim.tv_nsec / 1'000'000;
      if (modified < before_ms) stale.push_back({id, static_cast<std::uint64_t>(found->st_size), modified});
    }
    return stale;
  }

  static Result<bool> probe(const Folders& folders) {
    // Named as an upload, so that one which a crash leaves behind is cleaned up like one.
    const auto name = random_uuid();
    const std::string sent = "probe " + name;
    const Fd fd(::openat(folders.uploads.get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd) return storage_error("create probe", errno);
    int error = write_all(fd.get(), std::as_bytes(std::span(sent)), 0);
    if (error == 0 && ::fsync(fd.get()) != 0) error = errno;
    std::string back(sent.size(), '\0');
    const auto have = error == 0 ? read_full(fd.get(), std::as_writable_bytes(std::span(back)), 0) : 0;
    if (::unlinkat(folders.uploads.get(), name.c_str(), 0) != 0 && error == 0) error = errno;
    if (error != 0) return storage_error("write probe", error);
    if (have != sent.size() || back != sent) throw_io("read probe back", EIO);
    return true;
  }

  std::shared_ptr<Folders> folders_;
  std::shared_ptr<Publisher> publisher_;
  OpenFiles files_;
};

}  // namespace

Result<std::unique_ptr<BlobStore>> make_filesystem_blob_store(std::filesystem::path root, std::filesystem::path uploads,
                                                              boost::asio::thread_pool& pool) {
  auto folders = Folders::create(root, uploads, pool);
  if (!folders) return folders.error();
  return std::unique_ptr<BlobStore>(std::make_unique<FsBlobStore>(std::move(*folders)));
}

}  // namespace wharf::blob
