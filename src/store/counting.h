#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "db/database.h"

/// What takes long to count: a row of `counting` each.
namespace wharf::store {

inline constexpr std::string_view kSizeCounting = "size";
inline constexpr std::string_view kInsightCounting = "insight";

struct Counting {
  std::string content;           ///< As of the last count; "" before the first.
  std::optional<Millis> ran_ms;  ///< When that ended.
  Millis took_ms = 0;            ///< And how long it took.
  bool queued = false;           ///< A count is wanted, or under way.
  Millis lease_ms = 0;           ///< A node counts until then.
};
BOOST_DESCRIBE_STRUCT(Counting, (), (content, ran_ms, took_ms, queued, lease_ms))

Counting find_counting(db::Tx& tx, std::string_view name);
/// Wants a count; false when one is wanted already.
bool queue_counting(db::Tx& tx, std::string_view name);
/// Takes the count that is wanted, until `lease_ms`; false when none is, or another node has it.
bool take_counting(db::Tx& tx, std::string_view name, Millis now, Millis lease_ms);
/// Keeps it longer; false when the lease ran out and another node took it.
bool extend_counting(db::Tx& tx, std::string_view name, Millis old_lease_ms, Millis lease_ms);
/// Notes what was counted, if the lease is still held.
bool finish_counting(db::Tx& tx, std::string_view name, Millis lease_ms, std::string_view content, Millis now);

}  // namespace wharf::store
