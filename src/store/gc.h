#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// What garbage collection does to the rows: short steps, each one transaction, that may be cut off and repeated at
/// any point. What to look at next is in tables (`orphan_manifest`, `orphan_blob`, …), so that a crash loses nothing.
/// See docs/adr/0006-garbage-collection.md.
namespace wharf::store {

/// What one step deleted; and, added up, what a whole collection did.
struct Freed {
  std::int64_t tags = 0;
  std::int64_t manifests = 0;
  std::int64_t manifest_blobs = 0;     ///< Links from manifests to blobs.
  std::int64_t manifest_children = 0;  ///< Links from indexes to manifests.
  std::int64_t repository_blobs = 0;   ///< Uploads and mounts whose hour had passed.
  std::int64_t blobs = 0;
  std::int64_t bytes = 0;  ///< Of the blobs.
  std::int64_t repositories = 0;
  std::int64_t namespaces = 0;
  std::int64_t others = 0;  ///< Rows that hung on those.
  std::int64_t strays = 0;  ///< Files that no row named; also among the blobs once they are gone.

  std::int64_t rows() const;
  Freed& operator+=(const Freed& other);
  friend bool operator==(const Freed&, const Freed&) = default;
};

/// How much one step may do: it ends after so many rows or, when the machine is slow, at a point in time. It does one
/// thing at least, and never half of a manifest.
class Budget {
 public:
  explicit Budget(int rows = 200, std::chrono::milliseconds time = std::chrono::milliseconds(20))
      : rows_(rows), end_(std::chrono::steady_clock::now() + time) {}
  void spend(std::int64_t rows) { rows_ -= rows; }
  int left() const { return static_cast<int>(rows_); }
  bool over() const { return rows_ <= 0 || std::chrono::steady_clock::now() >= end_; }

 private:
  std::int64_t rows_;
  std::chrono::steady_clock::time_point end_;
};

/// Steps of all nodes follow each other: take it first in every step. It keeps two collections from waiting for each
/// other in turn; nobody else takes it.
void lock_collection(db::Tx& tx);

/// A part of a walk over a table: what was found, and where to go on; `next` is 0 at the end.
struct Found {
  std::vector<std::int64_t> ids;
  std::int64_t next = 0;
};

struct TagRules {
  bool immutable_tags_can_expire = false;
};
/// Of the next `limit` repositories after `after_id`, those with a tag that ended before their namespace's time
/// machine reaches back. Not those of disabled namespaces, nor deleted ones. For a read.
Found find_repositories_with_due_tags(db::Tx& tx, std::int64_t after_id, int limit, TagRules rules, Millis now);
/// Deletes such tags of one repository and queues what they pointed to.
Freed delete_due_tags(db::Tx& tx, std::int64_t repository_id, Budget budget, TagRules rules, Millis now);

/// Deletes links that made an upload or a mount visible for a while, and queues their blobs.
Freed delete_expired_links(db::Tx& tx, Budget budget, Millis now);

/// One step of a pass over a queue.
struct Pass {
  Freed freed;
  std::int64_t next = 0;  ///< Where the pass goes on; 0: it is through.
  bool changed = false;   ///< Something was taken from the queue.
};
/// Deletes queued manifests that no tag and no index has, and queues what they had: children, blobs, and manifests
/// whose subject they were. One that is locked just now stays queued. A blob stays visible in the repository until
/// `keep_until` where a push is going on: its client may have been told that the blob is there.
Pass delete_orphan_manifests(db::Tx& tx, std::int64_t after_id, Budget budget, Millis keep_until, Millis now);
/// Takes the lasting holds from manifests whose subject was deleted, and queues them.
Freed release_referrers(db::Tx& tx, Budget budget);

void queue_manifests(db::Tx& tx, const std::vector<std::int64_t>& manifest_ids);
void queue_blobs(db::Tx& tx, const std::vector<std::int64_t>& blob_ids);

/// Of the next `limit` manifests (blobs) after `after_id`, those that nothing holds and that are not queued. There are
/// none unless somebody wrote into the database by hand. For a read.
Found find_unheld_manifests(db::Tx& tx, std::int64_t after_id, int limit);
Found find_unheld_blobs(db::Tx& tx, std::int64_t after_id, int limit);

/// Makes `holder` the node that collects until `until`. Answers false when another one is.
bool take_collection(db::Tx& tx, const std::string& holder, Millis until, Millis now);

}  // namespace wharf::store
