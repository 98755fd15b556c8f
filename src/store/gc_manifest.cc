#include <algorithm>
#include <map>
#include <tuple>

#include "store/blob.h"
#include "store/gc.h"
#include "store/gc_rows.h"

namespace wharf::store {
namespace {

constexpr int kQueuedAStep = 200;

/// A manifest that may be deleted, its row locked.
struct Orphan {
  std::int64_t repository_id = 0;
  std::string digest;
  bool is_list = false;
  bool repository_deleted = false;
};
BOOST_DESCRIBE_STRUCT(Orphan, (), (repository_id, digest, is_list, repository_deleted))

struct Subject {
  std::int64_t repository_id = 0;
  std::string digest;
};
BOOST_DESCRIBE_STRUCT(Subject, (), (repository_id, digest))

/// Nothing while somebody uses the row.
std::optional<Orphan> lock_orphan(db::Tx& tx, std::int64_t manifest_id) {
#define WHARF_ORPHAN                                                       \
  "SELECT m.repository_id, m.digest, m.is_list, r.deleted_ms IS NOT NULL " \
  "  FROM manifest m JOIN repository r ON r.id = m.repository_id WHERE m.id = $1"
  static const db::Query kLock{"gc.lock_manifest", WHARF_ORPHAN};
  static const db::Query kLockPg{"gc.lock_manifest", WHARF_ORPHAN " FOR UPDATE OF m SKIP LOCKED"};
#undef WHARF_ORPHAN
  return tx.one<Orphan>(for_engine(tx, kLock, kLockPg), manifest_id);
}

/// With the row locked: whoever comes to hold it now waits, and finds it gone.
bool is_held(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kHeld{"gc.manifest_held", R"(
    SELECT 1 WHERE EXISTS (SELECT 1 FROM tag WHERE manifest_id = $1)
                OR EXISTS (SELECT 1 FROM manifest_child WHERE child_id = $1))"};
  return tx.one<std::int64_t>(kHeld, manifest_id).has_value();
}

void forget_candidate(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kForget{"gc.forget_manifest", "DELETE FROM orphan_manifest WHERE manifest_id = $1"};
  tx.run(kForget, manifest_id);
}

/// Whether a client is at work there: what it was told a moment ago it may rely on.
bool is_pushed_to(db::Tx& tx, std::int64_t repository_id, Millis now) {
  static const db::Query kPushed{"gc.repository_pushed_to", R"(
    SELECT 1 WHERE EXISTS (SELECT 1 FROM upload WHERE repository_id = $1)
                OR EXISTS (SELECT 1 FROM repository_blob WHERE repository_id = $1 AND expires_ms > $2))"};
  return tx.one<std::int64_t>(kPushed, repository_id, now).has_value();
}

/// Deletes one manifest and all that is its own.
class Burial {
 public:
  Burial(db::Tx& tx, Millis keep_until, Millis now) : tx_(tx), keep_until_(keep_until), now_(now) {}

  /// Answers how many rows that were.
  std::int64_t bury(std::int64_t manifest_id, const Orphan& orphan) {
    static const db::Query kBlobs{"gc.delete_manifest_blobs",
                                  "DELETE FROM manifest_blob WHERE manifest_id = $1 RETURNING blob_id"};
    static const db::Query kChildren{"gc.delete_manifest_children",
                                     "DELETE FROM manifest_child WHERE manifest_id = $1 RETURNING child_id"};
    static const db::Query kLabels{"gc.delete_manifest_labels", "DELETE FROM manifest_label WHERE manifest_id = $1"};
    static const db::Query kManifest{"gc.delete_manifest", "DELETE FROM manifest WHERE id = $1"};
    const auto before = freed.rows();
    auto blobs = tx_.all<std::int64_t>(kBlobs, manifest_id);
    freed.manifest_blobs += std::ssize(blobs);
    if (keep_until_ > now_ && !blobs.empty() && !orphan.repository_deleted && pushed_to(orphan.repository_id)) {
      std::ranges::sort(blobs);
      for (const auto blob : blobs) link_blob(tx_, orphan.repository_id, blob, keep_until_);
    }
    blobs_.insert(blobs_.end(), blobs.begin(), blobs.end());
    if (orphan.is_list) {
      for (const auto child : tx_.all<std::optional<std::int64_t>>(kChildren, manifest_id)) {
        ++freed.manifest_children;
        if (child) children_.push_back(*child);
      }
    }
    release_those_about(orphan);
    const auto labels = tx_.run(kLabels, manifest_id);
    freed.manifests += tx_.run(kManifest, manifest_id);
    return freed.rows() - before + labels;
  }

  /// What hung on those that were buried is to be looked at next.
  void queue_what_they_had() {
    for (auto* ids : {&blobs_, &children_}) {
      std::ranges::sort(*ids);
      ids->erase(std::ranges::unique(*ids).begin(), ids->end());
    }
    queue_blobs(tx_, blobs_);
    queue_manifests(tx_, children_);
  }

  Freed freed;

 private:
  bool pushed_to(std::int64_t repository_id) {
    const auto [at, is_new] = pushed_to_.try_emplace(repository_id, false);
    if (is_new) at->second = is_pushed_to(tx_, repository_id, now_);
    return at->second;
  }

  void release_those_about(const Orphan& subject) {
    static const db::Query kRemember{"gc.remember_subject", R"(
      INSERT INTO dead_subject (repository_id, digest)
      SELECT DISTINCT m.repository_id, m.subject_digest FROM manifest m
       WHERE m.repository_id = $1 AND m.subject_digest = $2
      ON CONFLICT (repository_id, digest) DO NOTHING)"};
    tx_.run(kRemember, subject.repository_id, subject.digest);
  }

  db::Tx& tx_;
  const Millis keep_until_;
  const Millis now_;
  std::vector<std::int64_t> blobs_, children_;
  std::map<std::int64_t, bool> pushed_to_;
};

}  // namespace

Pass delete_orphan_manifests(db::Tx& tx, std::int64_t after_id, Budget budget, Millis keep_until, Millis now) {
  static const db::Query kQueue{"gc.orphan_manifests", R"(
    SELECT manifest_id FROM orphan_manifest WHERE manifest_id > $1 ORDER BY manifest_id LIMIT $2)"};
  const auto queue = tx.all<std::int64_t>(kQueue, after_id, kQueuedAStep);
  Pass pass;
  Burial burial(tx, keep_until, now);
  for (const auto id : queue) {
    if (pass.next != 0 && budget.over()) break;
    pass.next = id;
    const auto orphan = lock_orphan(tx, id);
    budget.spend(1);
    if (!orphan) continue;
    pass.changed = true;
    if (is_held(tx, id)) {
      forget_candidate(tx, id);
    } else {
      budget.spend(burial.bury(id, *orphan));
    }
  }
  burial.queue_what_they_had();
  pass.freed = burial.freed;
  const bool through = queue.empty() || (pass.next == queue.back() && queue.size() < kQueuedAStep);
  if (through) pass.next = 0;
  return pass;
}

Freed release_referrers(db::Tx& tx, Budget budget) {
  static const db::Query kNext{"gc.next_dead_subject",
                               "SELECT repository_id, digest FROM dead_subject ORDER BY repository_id, digest LIMIT 1"};
  static const db::Query kForget{"gc.forget_subject",
                                 "DELETE FROM dead_subject WHERE repository_id = $1 AND digest = $2"};
  // A subject that was pushed again keeps those that are still there.
#define WHARF_HOLDS(columns)                                          \
  "SELECT " columns                                                   \
  " FROM manifest m JOIN tag t ON t.manifest_id = m.id AND t.hidden " \
  " WHERE m.repository_id = $1 AND m.subject_digest = $2 "            \
  "   AND NOT EXISTS (SELECT 1 FROM manifest s WHERE s.repository_id = $1 AND s.digest = $2) "
  static const db::Query kHolds{"gc.referrer_holds", WHARF_HOLDS("t.id, t.manifest_id") " LIMIT $3"};
  static const db::Query kHoldsPg{"gc.referrer_holds",
                                  WHARF_HOLDS("t.id, t.manifest_id") " LIMIT $3 FOR UPDATE OF t SKIP LOCKED"};
  static const db::Query kAnyHold{"gc.any_referrer_hold", WHARF_HOLDS("1") " LIMIT 1"};
#undef WHARF_HOLDS
  static const db::Query kDelete{"gc.delete_hold", "DELETE FROM tag WHERE id = $1"};
  Freed freed;
  const auto subject = tx.one<Subject>(kNext);
  if (!subject) return freed;
  const auto holds = tx.all<std::tuple<std::int64_t, std::int64_t>>(
      for_engine(tx, kHolds, kHoldsPg), subject->repository_id, subject->digest, budget.left());
  std::vector<std::int64_t> manifests;
  for (const auto& [tag_id, manifest_id] : holds) {
    freed.tags += tx.run(kDelete, tag_id);
    manifests.push_back(manifest_id);
  }
  std::ranges::sort(manifests);
  manifests.erase(std::ranges::unique(manifests).begin(), manifests.end());
  queue_manifests(tx, manifests);
  if (!tx.one<std::int64_t>(kAnyHold, subject->repository_id, subject->digest)) {
    freed.others += tx.run(kForget, subject->repository_id, subject->digest);
  }
  return freed;
}

}  // namespace wharf::store
