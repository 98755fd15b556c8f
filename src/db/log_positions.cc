#include "db/log_positions.h"

#include <algorithm>
#include <ranges>

namespace wharf::db {

void LogPositions::note(Time asked_at, std::uint64_t end) {
  const std::lock_guard lock(mutex_);
  if (!positions_.empty() && positions_.back().end == end) {
    // Nothing was written meanwhile: whoever has replayed up to there has everything until now.
    positions_.back().asked_at = std::max(positions_.back().asked_at, asked_at);
    return;
  }
  positions_.push_back({asked_at, end});
  if (positions_.size() <= kMost) return;
  // What a standby lacks for long is told less exactly: moments are as far apart as a small part of their age.
  std::size_t kept = 1;
  for (std::size_t i = 1; i + 1 < positions_.size(); ++i) {
    const auto gap = positions_[i + 1].asked_at - positions_[kept - 1].asked_at;
    if (gap * kPartOfAge > asked_at - positions_[i].asked_at) positions_[kept++] = positions_[i];
  }
  positions_[kept++] = positions_.back();
  positions_.resize(kept);
}

std::optional<LogPositions::Position> LogPositions::last() const {
  const std::lock_guard lock(mutex_);
  return positions_.empty() ? std::nullopt : std::optional(positions_.back());
}

std::optional<LogPositions::Time> LogPositions::complete_until(std::uint64_t replayed) const {
  const std::lock_guard lock(mutex_);
  // From the newest: after a primary was replaced the end may lie before what it was.
  for (const Position& position : std::views::reverse(positions_)) {
    if (position.end <= replayed) return position.asked_at;
  }
  return std::nullopt;
}

}  // namespace wharf::db
