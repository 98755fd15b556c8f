#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace wharf::db {

/// Where the primary's log ended, and when: from it follows how old what a standby shows can be.
///
/// A standby that has replayed the log up to a position shows all that was committed when the primary was asked for
/// that position. So an idle primary's standby is never behind, however old its last transaction, and no server's clock
/// is believed. Source: PostgreSQL, "Log-Shipping Standby Servers", monitoring.
class LogPositions {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// The primary, asked at `asked_at`, said that its log ends at `end`. Later ones come later.
  void note(Time asked_at, std::uint64_t end);
  /// When the primary was asked last, and what it said. Nothing before the first time.
  struct Position {
    Time asked_at;
    std::uint64_t end = 0;
  };
  std::optional<Position> last() const;
  /// The latest moment of which a standby that has replayed up to `replayed` has everything. Nothing if it is further
  /// behind than what is remembered.
  std::optional<Time> complete_until(std::uint64_t replayed) const;

 private:
  static constexpr std::size_t kMost = 1'024;
  static constexpr int kPartOfAge = 32;

  mutable std::mutex mutex_;
  std::vector<Position> positions_;  ///< By time; the older, the fewer.
};

}  // namespace wharf::db
