#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// How often something was pulled, and how much went on in a repository: rows of `tag_pulls`, `manifest_pulls` and
/// `repository_day`.
namespace wharf::store {

struct Pulls {
  std::int64_t pulls = 0;
  Millis last_ms = 0;
};
BOOST_DESCRIBE_STRUCT(Pulls, (), (pulls, last_ms))

/// Adds `more` to what a tag had. Nothing happens where the repository is gone.
void add_tag_pulls(db::Tx& tx, std::int64_t repository_id, std::string_view tag, const Pulls& more);
void add_manifest_pulls(db::Tx& tx, std::int64_t manifest_id, const Pulls& more);
/// Adds to what went on in a repository on the day of `at`.
void add_actions(db::Tx& tx, std::int64_t repository_id, Millis at, std::int64_t count);

/// Nothing: never pulled.
std::optional<Pulls> tag_pulls(db::Tx& tx, std::int64_t repository_id, std::string_view tag);
std::optional<Pulls> manifest_pulls(db::Tx& tx, std::int64_t manifest_id);

/// How much went on in a repository on one day.
struct DayOfActions {
  std::int64_t day = 0;  ///< Since 1970, UTC.
  std::int64_t actions = 0;
};
BOOST_DESCRIBE_STRUCT(DayOfActions, (), (day, actions))
/// The days from `first_day` on that had any, in order.
std::vector<DayOfActions> list_actions(db::Tx& tx, std::int64_t repository_id, std::int64_t first_day);

}  // namespace wharf::store
