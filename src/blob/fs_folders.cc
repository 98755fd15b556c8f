#include "blob/fs_folders.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "base/random.h"

namespace wharf::blob {
namespace {

namespace fs = std::filesystem;

Error bad_folder(const char* what, const fs::path& path, const std::error_code& error) {
  // An operator reads this at start, not a client: the path helps.
  return Error{Errc::invalid_request, std::string(what) + " " + path.string() + ": " + error.message()};
}

std::error_code last_error() { return {errno, std::generic_category()}; }

/// Makes one folder that only we may read, and its entry in the parent durable.
std::error_code make_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0) return errno == EEXIST ? std::error_code() : last_error();
  const auto parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const Fd above(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!above || ::fsync(above.get()) != 0) return last_error();
  return {};
}

Result<Fd> open_folder(const fs::path& path) {
  std::error_code error;
  const auto full = fs::absolute(path, error).lexically_normal();
  fs::path so_far;
  for (const auto& part : full) {
    if (part.empty()) continue;
    so_far /= part;
    if (so_far != full.root_path()) error = make_folder(so_far);
    // A parent that we may not write is fine as long as it is there.
    if (error && !fs::is_directory(so_far)) return bad_folder("cannot create the folder", so_far, error);
  }
  Fd folder(::open(full.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return bad_folder("cannot open the folder", full, last_error());
  if (::faccessat(folder.get(), ".", R_OK | W_OK | X_OK, AT_EACCESS) != 0) {
    return bad_folder("cannot write into the folder", full, last_error());
  }
  return folder;
}

std::string read_boot_id() {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  // Without it every start counts as a new boot: uploads are verified again, no more.
  return id.empty() ? random_uuid() : id;
}

}  // namespace

bool is_upload_id(std::string_view id) {
  if (id.size() != 36) return false;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const char c = id[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

std::string blob_path(const Digest& digest) {
  std::string path(digest.hex().substr(0, 2));
  path += '/';
  path += digest.hex();
  return path;
}

Result<std::shared_ptr<Folders>> Folders::create(const fs::path& root, const fs::path& uploads,
                                                 boost::asio::thread_pool& pool) {
  auto folders = std::make_shared<Folders>(pool);
  auto blobs = open_folder(root / "sha256");
  if (!blobs) return blobs.error();
  auto growing = open_folder(uploads);
  if (!growing) return growing.error();
  struct stat a{};
  struct stat b{};
  if (::fstat(blobs->get(), &a) != 0 || ::fstat(growing->get(), &b) != 0) throw_io("stat folders", errno);
  if (a.st_dev != b.st_dev) {
    return Error{Errc::invalid_request, "the folders for blobs and uploads must be on one file system: " +
                                            root.string() + ", " + uploads.string()};
  }
  folders->blobs = std::move(*blobs);
  folders->uploads = std::move(*growing);
  folders->boot_id = read_boot_id();
  return folders;
}

std::unique_ptr<Claim> Claim::try_take(std::shared_ptr<Folders> folders, const std::string& id) {
  auto& shared = *folders;
  std::unique_ptr<Claim> claim(new Claim(std::move(folders), id));
  {
    const std::lock_guard lock(shared.claims_mutex);
    if (shared.claims.insert(id).second) return claim;
  }
  claim->folders_.reset();  // another's claim: not ours to give up
  return nullptr;
}

awaitable<Result<std::unique_ptr<Claim>>> Claim::take(std::shared_ptr<Folders> folders, std::string id) {
  if (!is_upload_id(id)) co_return Error{Errc::upload_unknown, "The upload is not known"};
  constexpr int kTries = 100;
  constexpr std::chrono::milliseconds kPause{10};
  for (int i = 0; i < kTries; ++i) {
    if (auto claim = try_take(folders, id)) co_return claim;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, kPause);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
  co_return Error{Errc::upload_busy, "Another request is writing this upload"};
}

Claim::~Claim() {
  if (!folders_) return;
  const std::lock_guard lock(folders_->claims_mutex);
  folders_->claims.erase(id_);
}

}  // namespace wharf::blob
