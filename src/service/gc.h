#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "service/tools.h"
#include "store/gc.h"
#include "store/gc_purge.h"

namespace wharf::service {

/// Frees what nothing holds any more: no tag (live, or within its namespace's time machine), no index above it, no
/// living subject, no upload or mount of the last hour.
///
/// It works while the server does, on several nodes at once, in short transactions with pauses between them; what is
/// still to be done is in the database, so that it can end at any point. One round at a time a service.
/// See docs/adr/0006-garbage-collection.md.
class GarbageService {
 public:
  explicit GarbageService(const Tools& tools);

  /// Called after each step with what it deleted.
  using Progress = std::function<void(const store::Freed&)>;
  struct Effort {
    /// Look at every repository, row and file; otherwise at the next part of each, so that a round stays short.
    bool everything = false;
    /// Do nothing while another node collects.
    bool one_node = true;
  };
  struct Round {
    bool ran = false;  ///< Another node had its turn.
    store::Freed freed;
  };
  awaitable<Round> collect(Effort effort, Progress progress);

  /// What `collect` with `everything` would free now; nothing is deleted. Memory: some 100 bytes for each manifest and
  /// blob that would go.
  awaitable<store::Freed> preview();

  /// Ends a running round after its step, and every later one at once. From any thread.
  void stop() { stopping_ = true; }

 private:
  struct Work;
  struct Strays {
    std::vector<blob::BlobEntry> files;
    std::string next;
  };

  template <class Step>
  awaitable<std::invoke_result_t<Step&, db::Tx&>> in_step(Work& work, Step step);
  awaitable<void> pause(std::chrono::steady_clock::duration took);
  bool goes_on(const Work& work) const;
  awaitable<void> delete_tags(Work& work);
  awaitable<void> delete_links(Work& work);
  awaitable<void> purge_repositories(Work& work);
  awaitable<void> purge_repository(Work& work, std::int64_t repository_id);
  awaitable<void> purge_namespaces(Work& work);
  awaitable<void> queue_unheld(Work& work);
  awaitable<bool> owns_strays();
  awaitable<void> adopt_strays(Work& work);
  awaitable<void> delete_manifests(Work& work);
  awaitable<void> delete_blobs(Work& work);
  awaitable<void> finish_removals(Work& work);
  awaitable<void> delete_left(Work& work);
  awaitable<Strays> find_strays(std::string after);

  const Tools tools_;
  const std::string holder_;
  std::atomic<bool> stopping_{false};
  // Where the next round's walks go on.
  std::int64_t repositories_at_ = 0, manifests_at_ = 0, blobs_at_ = 0;
  std::string files_at_;
};

}  // namespace wharf::service
