#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "blob/blob_store.h"
#include "blob/fs_folders.h"
#include "blob/sha256.h"

namespace wharf::blob {

/// The open file of one upload, locked against other processes.
///
/// The file carries a mark that says up to which state its front is known to be right. A writer that starts from
/// another state than the marked one (a crash, a parallel request that lost) has the front hashed again, so bytes of
/// two writers never end up under one digest. The mark is bound to the boot: after a power cut nothing is taken on
/// trust. File systems without extended attributes have no mark and pay the second reading.
class UploadFile {
 public:
  /// Opens it and cuts it to `state`; makes it when state is empty.
  /// Errors: upload_unknown (gone, too short, or other bytes than the state's), upload_busy (in use elsewhere),
  /// insufficient_storage.
  static Result<std::unique_ptr<UploadFile>> open(std::shared_ptr<Folders> folders, const UploadState& state);
  ~UploadFile() = default;

  int fd() const { return fd_.get(); }
  /// Says that the front of the file is `state`.
  void mark(const UploadState& state);
  /// Gives the space behind `size_bytes` free; at 0 the file goes.
  void cut_back(std::uint64_t size_bytes);

 private:
  UploadFile(std::shared_ptr<Folders> folders, Fd fd, std::string id)
      : folders_(std::move(folders)), fd_(std::move(fd)), id_(std::move(id)) {}
  Result<bool> settle(const UploadState& state);
  std::string mark_of(const UploadState& state) const;

  std::shared_ptr<Folders> folders_;
  Fd fd_;
  std::string id_;
};

/// The hash in `state`. Errors: upload_invalid when it is malformed or disagrees with size_bytes.
Result<Sha256> hash_of(const UploadState& state);

/// A writer that goes on after `state`. Nothing touches the disk before the first byte when state is empty.
awaitable<Result<std::unique_ptr<UploadWriter>>> make_upload_writer(std::shared_ptr<Folders> folders,
                                                                    UploadState state);

}  // namespace wharf::blob
