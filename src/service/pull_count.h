#pragma once
#include <atomic>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/async.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/names.h"
#include "service/pull_buffer.h"
#include "service/tools.h"

namespace wharf::service {

/// How often a manifest was pulled, and a tag if the question was about one.
struct PullStatistics {
  std::string digest;
  std::int64_t tag_pulls = 0;
  std::optional<Millis> last_tag_pull_ms;
  std::int64_t manifest_pulls = 0;
  std::optional<Millis> last_manifest_pull_ms;
};

/// Pulls: gathered in memory while they are answered, written about once a second and when the server stops, as
/// entries of the audit log and as counts of tags, manifests and days. What is not written yet does not show.
class PullCountService {
 public:
  explicit PullCountService(const Tools& tools) : tools_(tools) {}

  /// Costs a few hundred nanoseconds and never waits. What failed is noted only where the configuration wants it.
  void note(const PullNote& note, const RegistryCaller& who, Millis now);

  /// Writes what was gathered. What the database refuses is kept for the next time, as far as there is room.
  awaitable<void> write();
  /// The same, blocking: for the end.
  void write_now();

  /// Notes that were lost because too many came between two writes.
  std::uint64_t dropped() const { return buffer_.dropped() + lost_.load(std::memory_order_relaxed); }
  /// Notes that were written.
  std::uint64_t written() const { return written_.load(std::memory_order_relaxed); }

  /// Errors: those of auth::require for reading; not_found.
  awaitable<Result<PullStatistics>> of_tag(auth::Principal who, RepoName name, std::string tag);
  awaitable<Result<PullStatistics>> of_manifest(auth::Principal who, RepoName name, std::string digest);

 private:
  using Groups = std::vector<PullGroup>;
  Groups take();
  void keep(Groups groups);
  void count_written(std::span<const PullGroup> groups);

  const Tools tools_;
  PullBuffer buffer_;
  std::mutex mutex_;  ///< Of `kept_`.
  Groups kept_;       ///< What could not be written.
  std::atomic<std::uint64_t> written_ = 0;
  std::atomic<std::uint64_t> lost_ = 0;
};

}  // namespace wharf::service
