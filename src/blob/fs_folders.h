#pragma once
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/digest.h"
#include "base/error.h"
#include "blob/buffers.h"
#include "blob/posix.h"

namespace wharf::blob {

/// Whether `id` is a UUID in lower case: the only names an upload's file may have. Source: RFC 9562 section 4.
bool is_upload_id(std::string_view id);

/// "ab/abcdef…": the file of a blob below `sha256/`. `digest` must be a sha256.
std::string blob_path(const Digest& digest);

/// The folders of one filesystem store and what its parts share. Outlives every task that uses it.
///
///   <root>/sha256/ab/abcdef…   a blob, always whole
///   <uploads>/<uuid>           an upload, growing
struct Folders {
  /// Opens the folders and makes what is missing. Errors: invalid_request.
  static Result<std::shared_ptr<Folders>> create(const std::filesystem::path& root,
                                                 const std::filesystem::path& uploads, boost::asio::thread_pool& pool);
  explicit Folders(boost::asio::thread_pool& p) : pool(p) {}

  boost::asio::thread_pool& pool;
  Fd blobs;             ///< <root>/sha256
  Fd uploads;           ///< <uploads>
  std::string boot_id;  ///< Changes when the kernel starts again.
  BufferPool buffers;
  std::mutex claims_mutex;
  std::set<std::string, std::less<>> claims;  ///< Uploads that this process is working on.
};

/// The right to touch one upload, for as long as it lives. One at a time within the process.
class Claim {
 public:
  /// Waits up to a second for whoever has it: a writer whose client went away is gone within milliseconds.
  /// Errors: upload_busy when it is still in use then, upload_unknown when `id` is no upload's name.
  static awaitable<Result<std::unique_ptr<Claim>>> take(std::shared_ptr<Folders> folders, std::string id);
  ~Claim();
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

 private:
  Claim(std::shared_ptr<Folders> folders, std::string id) : folders_(std::move(folders)), id_(std::move(id)) {}
  static std::unique_ptr<Claim> try_take(std::shared_ptr<Folders> folders, const std::string& id);

  std::shared_ptr<Folders> folders_;
  std::string id_;
};

}  // namespace wharf::blob
