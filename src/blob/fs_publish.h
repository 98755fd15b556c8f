#pragma once
#include <bitset>
#include <memory>
#include <mutex>
#include <vector>

#include "blob/blob_store.h"
#include "blob/fs_folders.h"
#include "blob/fs_upload.h"
#include "blob/wakeup.h"

namespace wharf::blob {

/// Turns whole uploads into blobs: fsync the file, rename it to its digest, fsync the folder.
///
/// A kill or a power cut at any point leaves the upload or the blob, both whole, and nothing to repair at start.
/// Uploads that end while others are being published form one batch: all files are synced first, then all are renamed,
/// then each folder is synced once, so that the journal is committed twice a batch and one pool thread waits for it.
class Publisher : public std::enable_shared_from_this<Publisher> {
 public:
  explicit Publisher(std::shared_ptr<Folders> folders) : folders_(std::move(folders)) {}

  /// Errors: as BlobStore::finish.
  awaitable<Result<Digest>> publish(UploadState state);

 private:
  struct Entry {
    Entry(UploadState s, Digest d) : state(std::move(s)), digest(std::move(d)) {}

    UploadState state;
    Digest digest;
    std::unique_ptr<UploadFile> file;  ///< Open and locked until the name has changed.
    bool synced = false;
    bool renamed = false;
    std::optional<Error> failure;
    std::exception_ptr thrown;
    std::unique_ptr<Wakeup> wakeup;

    bool well() const { return !failure && !thrown; }
  };

  void run_batch();
  /// Runs `step` on each entry that nothing has befallen, and keeps what it throws with the entry.
  template <class Step>
  static void each(std::vector<std::shared_ptr<Entry>>& batch, Step step);
  void prepare(Entry& entry);
  void sync(Entry& entry);
  void rename(Entry& entry);
  /// Errors: insufficient_storage.
  Result<bool> make_folder(std::string_view prefix);
  void sync_folders(std::vector<std::shared_ptr<Entry>>& batch);
  bool is_here(const Entry& entry) const;

  std::shared_ptr<Folders> folders_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Entry>> waiting_;
  bool running_ = false;
  std::bitset<256> durable_folders_;  ///< By the digest's first byte; only the running batch uses it.
};

}  // namespace wharf::blob
