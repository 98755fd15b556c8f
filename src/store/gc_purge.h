#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "store/gc.h"

/// The rest of what was deleted: repositories and namespaces, whose names nobody can ask for any more.
namespace wharf::store {

/// Up to `limit` of them after `after_id`, in the order of ids.
Found find_deleted_repositories(db::Tx& tx, std::int64_t after_id, int limit);
Found find_deleted_namespaces(db::Tx& tx, std::int64_t after_id, int limit);

/// One step of purging a repository. First its tags go, and what they pointed to is queued.
struct PurgeStep {
  enum class State {
    again,           ///< There may be more of the same.
    manifests_left,  ///< All that is left are manifests: `queue_manifests_of` them and delete what is queued.
    done             ///< The repository (the namespace) is gone.
  };
  Freed freed;
  State state = State::again;
};
PurgeStep purge_repository(db::Tx& tx, std::int64_t repository_id, Budget budget);

/// Queues the manifests after `after_digest`, at most `limit`; returns the last one's digest, "" at the end.
std::string queue_manifests_of(db::Tx& tx, std::int64_t repository_id, const std::string& after_digest, int limit);

/// One step of purging a namespace: `manifests_left` says that it still has repositories. Those that are not deleted
/// yet become so. Its name is free when it is gone.
PurgeStep purge_namespace(db::Tx& tx, std::int64_t account_id, Budget budget, Millis now);

}  // namespace wharf::store
