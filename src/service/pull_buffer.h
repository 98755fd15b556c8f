#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "service/registry_access.h"

namespace wharf::service {

/// What the registry protocol tells of beside its transactions, so that it is written later. Of a push only that it
/// was: its entry in the log is a part of its transaction.
enum class PullEvent : std::uint8_t { pull, push, pull_failed, push_failed, delete_failed };

/// One of them, as the request has it: views live as long as the request.
struct PullNote {
  PullEvent event = PullEvent::pull;
  std::int64_t namespace_id = 0;
  std::int64_t repository_id = 0;  ///< 0 and so the other ids: it failed.
  std::int64_t manifest_id = 0;
  std::string_view ns, name;   ///< Of the repository.
  std::string_view reference;  ///< A tag or a digest.
  bool by_tag = false;
  std::string_view media_type;
  std::string_view message;  ///< Why it failed.
  std::string_view address, user_agent;
};

/// Notes that were alike within one round: told of by one entry of the log.
struct PullGroup {
  PullEvent event = PullEvent::pull;
  std::int64_t namespace_id = 0;
  std::int64_t repository_id = 0;
  std::int64_t manifest_id = 0;
  RepoName name;
  std::string reference;
  bool by_tag = false;
  std::string media_type;
  std::string message;
  std::string address, user_agent;  ///< At most 256 bytes of each.
  RegistryCaller who;
  std::int64_t count = 0;
  Millis last_ms = 0;
};

/// Pulls as they happen, gathered in memory: noting one that was seen within the same round allocates nothing. Each
/// thread has a part of its own, so that event loops do not wait for one another. Thread-safe.
class PullBuffer {
 public:
  /// `most` groups a part; what comes then is dropped and counted.
  explicit PullBuffer(std::size_t most = 4096) : most_(most) {}

  void add(const PullNote& note, const RegistryCaller& who, Millis now);
  /// Everything gathered since the last call, in no order.
  std::vector<PullGroup> take();
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  struct Part {
    std::mutex mutex;
    std::unordered_multimap<std::uint64_t, PullGroup> groups;  ///< By the hash of what makes notes alike.
  };
  static constexpr std::size_t kParts = 16;

  const std::size_t most_;
  std::array<Part, kParts> parts_;
  std::atomic<std::uint64_t> dropped_ = 0;
};

}  // namespace wharf::service
