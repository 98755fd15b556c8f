#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "db/database.h"
#include "store/access.h"

// How many live tags the repository `id` has at the time `now`, as an SQL expression: by the tally, and by looking at
// those that end.
#define WHARF_LIVE_TAGS(id, now)                                                      \
  "(COALESCE((SELECT y.endless FROM tag_tally y WHERE y.repository_id = " id          \
  " AND y.hour = -1), 0) "                                                            \
  " + COALESCE((SELECT CAST(sum(y.endless) AS BIGINT) FROM tag_tally_due y "          \
  "              WHERE y.repository_id = " id                                         \
  " AND y.hour = -1), 0) "                                                            \
  " + (SELECT count(*) FROM tag y WHERE y.repository_id = " id " AND y.end_ms > " now \
  "       AND y.end_ms < 9223372036854775807 AND y.hidden = FALSE))"

namespace wharf::store {

/// A place in the list of a repository's tags, newest first.
struct TagPlace {
  Millis before_ms = kForever;  ///< Tags that started earlier than this…
  std::int64_t skip = 0;        ///< …but for the first so many.
};
/// Where the list is to be read from, to pass over its first `offset` tags without reading them: the start of an hour
/// close by. Nothing when the list has no more than that.
std::optional<TagPlace> find_tag_place(db::Tx& tx, std::int64_t repository_id, bool only_live, std::int64_t offset,
                                       Millis now);

/// Adds up to `limit` lines of `tag_tally_due` to the tally and answers how many (SQLite has none); forgets hours
/// without tags.
std::int64_t add_up_tags(db::Tx& tx, std::int64_t limit);

/// Brings the trigrams of tags' names up to date by at most `limit` tags; answers whether there may be more to do.
/// PostgreSQL does so by itself.
bool index_tag_names(db::Tx& tx, std::int64_t limit);
/// Whether index_tag_names or add_up_tags has anything to do.
bool has_tags_to_add_up(db::Tx& tx);

/// Whether tags of the repository whose names have a text in them are found sooner by its trigrams than by going
/// through all. `phrase` is an FTS5 expression. Never on PostgreSQL, which decides by itself.
bool is_found_by_trigrams(db::Tx& tx, std::int64_t repository_id, const std::string& phrase);

}  // namespace wharf::store
