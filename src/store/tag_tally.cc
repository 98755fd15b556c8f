#include "store/tag_tally.h"

#include <tuple>

namespace wharf::store {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kFew = 1000;  // more matches than this are found sooner by going through the list

// The hour in which the tag stands that has $2 before it, and how many stand before that hour. `counts` has two
// columns.
#define WHARF_TAG_HOUR(counts)                                                   \
  "SELECT hour, CAST(upto - tags AS BIGINT) "                                    \
  "  FROM (SELECT hour, tags, sum(tags) OVER (ORDER BY hour DESC) AS upto "      \
  "          FROM (SELECT hour, CAST(sum(tags) AS BIGINT) AS tags FROM (" counts \
  ") c GROUP BY hour) h) s "                                                     \
  " WHERE upto > $2 ORDER BY hour DESC LIMIT 1"
#define WHARF_TAG_COUNTS(column)                                              \
  "SELECT hour, " column                                                      \
  " AS tags FROM tag_tally WHERE repository_id = $1 AND hour >= 0 UNION ALL " \
  "SELECT hour, " column " FROM tag_tally_due WHERE repository_id = $1 AND hour >= 0"
#define WHARF_TAG_ENDING                              \
  " UNION ALL SELECT start_ms / 3600000, 1 FROM tag " \
  " WHERE repository_id = $1 AND end_ms > $3 AND end_ms < 9223372036854775807 AND hidden = FALSE"

}  // namespace

std::optional<TagPlace> find_tag_place(db::Tx& tx, std::int64_t repository_id, bool only_live, std::int64_t offset,
                                       Millis now) {
  static const db::Query kAll{"tag_tally.hour", WHARF_TAG_HOUR(WHARF_TAG_COUNTS("tags"))};
  static const db::Query kLive{"tag_tally.hour_live", WHARF_TAG_HOUR(WHARF_TAG_COUNTS("endless") WHARF_TAG_ENDING)};
  using Hour = std::tuple<std::int64_t, std::int64_t>;
  const auto found =
      only_live ? tx.one<Hour>(kLive, repository_id, offset, now) : tx.one<Hour>(kAll, repository_id, offset);
  if (!found) return std::nullopt;
  const auto [hour, before] = *found;
  return TagPlace{(hour + 1) * kHourMs, offset - before};
}

std::int64_t add_up_tags(db::Tx& tx, std::int64_t limit) {
  static const db::Query kEmpty{"tag_tally.forget", "DELETE FROM tag_tally WHERE tags = 0 AND endless = 0"};
  static const db::Query kAdd{"tag_tally.add_up", R"(
    WITH due AS (
      DELETE FROM tag_tally_due WHERE id IN (SELECT id FROM tag_tally_due ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
      RETURNING repository_id, hour, tags, endless),
    added AS (
      INSERT INTO tag_tally (repository_id, hour, tags, endless)
        SELECT repository_id, hour, sum(tags), sum(endless) FROM due GROUP BY repository_id, hour ORDER BY 1, 2
        ON CONFLICT (repository_id, hour) DO UPDATE
              SET tags = tag_tally.tags + excluded.tags, endless = tag_tally.endless + excluded.endless)
    SELECT count(*) FROM due)"};
  tx.lock("tag tally");
  const auto lines = tx.engine() == db::Engine::sqlite ? 0 : tx.get<std::int64_t>(kAdd, limit);
  if (lines < limit) tx.run(kEmpty);
  return lines;
}

bool has_tags_to_add_up(db::Tx& tx) {
  static const db::Query kSqlite{"tag_tally.any_name_due", R"(
    SELECT EXISTS (SELECT 1 FROM tag_tally WHERE tags = 0 AND endless = 0)
        OR EXISTS (SELECT 1 FROM tag_text_due)
        OR EXISTS (SELECT 1 FROM tag_text_scope WHERE next_id <= last_id)
        OR EXISTS (SELECT 1 FROM tag_tally y WHERE y.hour = -1 AND y.tags >= 20000
                      AND NOT EXISTS (SELECT 1 FROM tag_text_scope s WHERE s.repository_id = y.repository_id)))"};
  static const db::Query kPostgres{"tag_tally.any_due", R"(
    SELECT EXISTS (SELECT 1 FROM tag_tally WHERE tags = 0 AND endless = 0) OR EXISTS (SELECT 1 FROM tag_tally_due))"};
  return tx.get<bool>(tx.engine() == db::Engine::sqlite ? kSqlite : kPostgres);
}

bool index_tag_names(db::Tx& tx, std::int64_t limit) {
  if (tx.engine() != db::Engine::sqlite) return false;
  static const db::Query kBegin{"tag_tally.begin_names", R"(
    INSERT INTO tag_text_scope (repository_id, next_id, last_id)
      SELECT y.repository_id, (SELECT min(t.id) FROM tag t WHERE t.repository_id = y.repository_id),
             (SELECT max(t.id) FROM tag t)
        FROM tag_tally y
       WHERE y.hour = -1 AND y.tags >= 20000
         AND NOT EXISTS (SELECT 1 FROM tag_text_scope s WHERE s.repository_id = y.repository_id) LIMIT 1)"};
  static const db::Query kScope{"tag_tally.next_names", R"(
    SELECT repository_id, next_id, last_id FROM tag_text_scope WHERE next_id <= last_id LIMIT 1)"};
  // The plus keeps SQLite to the ids, which are few, from all of the repository's.
  static const db::Query kFill{"tag_tally.fill_names", R"(
    INSERT INTO tag_text (rowid, name)
      SELECT id, name FROM tag WHERE id >= $1 AND id < $2 AND id <= $3 AND +repository_id = $4)"};
  static const db::Query kMove{"tag_tally.names_filled",
                               "UPDATE tag_text_scope SET next_id = $2 WHERE repository_id = $1"};
#define WHARF_NAMES_DUE "(SELECT tag_id FROM tag_text_due ORDER BY tag_id LIMIT $1)"
  static const db::Query kForget{"tag_tally.forget_names", "DELETE FROM tag_text WHERE rowid IN " WHARF_NAMES_DUE};
  static const db::Query kAdd{
      "tag_tally.add_names",
      "INSERT INTO tag_text (rowid, name) SELECT id, name FROM tag WHERE id IN " WHARF_NAMES_DUE};
  static const db::Query kDone{"tag_tally.names_done", "DELETE FROM tag_text_due WHERE tag_id IN " WHARF_NAMES_DUE};
#undef WHARF_NAMES_DUE
  using Row = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
  tx.run(kForget, limit);
  tx.run(kAdd, limit);
  if (tx.run(kDone, limit) == limit) return true;
  auto scope = tx.one<Row>(kScope);
  if (!scope) return tx.run(kBegin) > 0;
  const auto [repository_id, next_id, last_id] = *scope;
  tx.run(kFill, next_id, next_id + limit, last_id, repository_id);
  tx.run(kMove, repository_id, next_id + limit);
  return true;
}

bool is_found_by_trigrams(db::Tx& tx, std::int64_t repository_id, const std::string& phrase) {
  if (tx.engine() != db::Engine::sqlite) return false;
  static const db::Query kReady{"tag_tally.names_ready", R"(
    SELECT 1 FROM tag_text_scope WHERE repository_id = $1 AND next_id > last_id)"};
  static const db::Query kMatches{"tag_tally.count_names", R"(
    SELECT (SELECT count(*) FROM (SELECT 1 FROM tag_text WHERE tag_text MATCH $1 LIMIT $2))
         + (SELECT count(*) FROM (SELECT 1 FROM tag_text_due LIMIT $2)))"};
  const bool ready = tx.one<std::int64_t>(kReady, repository_id).has_value();
  return ready && tx.get<std::int64_t>(kMatches, phrase, kFew) < kFew;
}

}  // namespace wharf::store
