#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "base/async.h"
#include "blob/blob_store.h"
#include "db/database.h"
#include "service/shared_answer.h"

namespace wharf::service {

/// Whether the parts that the server needs work, by name. Source: Quay, "health".
struct Health {
  std::map<std::string, bool> services;

  bool good() const;
};

/// Looks after the database, the blob store and the disk. Each check is done for real, and what it finds is logged.
class HealthService {
 public:
  /// `data` is the folder whose file system must have room; empty where nothing is kept on a disk.
  /// A node serves pulls for `grace` after the database went away.
  HealthService(db::Database& database, blob::BlobStore& blobs, std::filesystem::path data,
                std::chrono::milliseconds grace)
      : database_(database), blobs_(blobs), data_(std::move(data)), grace_(grace) {}

  /// Whether a failure that says `unavailable` is one of a time without the database, which was logged when it began.
  bool database_is_away() const;

  /// What this node needs to answer: the database, its key, room on the disk (1 % at least). While it answers
  /// pulls without the database it says so besides (`cached_pulls`): another node may know better, and if none does, a
  /// proxy does well to ask one that fails.
  awaitable<Health> instance();
  /// The database, and the blob store with a blob written, read and removed. Anybody may ask: the disk is bothered at
  /// most every 5 s, in between the last result is given.
  awaitable<Health> end_to_end();
  /// Early signs: less than 10 % of the disk is free.
  awaitable<Health> warning();

 private:
  awaitable<bool> database_works();
  awaitable<bool> storage_works();
  awaitable<bool> probe_storage();
  bool disk_has(double share) const;

  db::Database& database_;
  blob::BlobStore& blobs_;
  const std::filesystem::path data_;
  const std::chrono::milliseconds grace_;
  SharedAnswer<bool> storage_{std::chrono::seconds(5)};
};

}  // namespace wharf::service
