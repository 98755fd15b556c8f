#include "base/names.h"
#include "base/text.h"
#include "store/like.h"
#include "store/tag.h"
#include "store/tag_columns.h"
#include "store/tag_tally.h"

namespace wharf::store {
namespace {

// Up to here passing over tags costs less than finding out where to begin.
constexpr std::int64_t kShortWay = 2000;

// The page is found in the index tag_by_start alone; only then are its rows read. $1 repository, $2 live ones alone,
// $3 now, $4 limit, $5 offset, $6 those that started before this.
#define WHARF_TAG_LIST(from, condition)                                               \
  WHARF_TAG_COLUMNS                                                                   \
  " WHERE t.id IN (SELECT g.id FROM " from                                            \
  "   WHERE g.repository_id = $1 AND g.hidden = FALSE AND (NOT $2 OR g.end_ms > $3) " \
  "     AND g.start_ms < $6 AND " condition                                           \
  "   ORDER BY g.start_ms DESC, g.name, g.id DESC LIMIT $4 OFFSET $5) "               \
  " ORDER BY t.start_ms DESC, t.name, t.id DESC"
// LIKE of SQLite ignores case.
#define WHARF_TAG_LIKE "g.name LIKE $7 ESCAPE '\\'"
#define WHARF_TAG_TRIGRAMS                                           \
  "(SELECT rowid AS id FROM tag_text WHERE tag_text MATCH $8 UNION " \
  " SELECT tag_id FROM tag_text_due) d CROSS JOIN tag g"

std::vector<Tag> find_page(db::Tx& tx, std::int64_t repository_id, const TagFilter& filter, TagPlace place,
                           Millis now) {
  static const db::Query kList{"tag.list", WHARF_TAG_LIST("tag g", "TRUE")};
  // Without a condition on the start, which would have SQLite read through all names instead of its index.
  static const db::Query kListOne{"tag.list_one", WHARF_TAG_COLUMNS R"(
     WHERE t.repository_id = $1 AND NOT t.hidden AND (NOT $2 OR t.end_ms > $3) AND t.name = $6
     ORDER BY t.start_ms DESC, t.name, t.id DESC LIMIT $4 OFFSET $5)"};
  static const db::Query kListLike{"tag.list_like", WHARF_TAG_LIST("tag g", WHARF_TAG_LIKE)};
  static const db::Query kListLikePg{"tag.list_like", WHARF_TAG_LIST("tag g", "lower(g.name) LIKE $7 ESCAPE '\\'")};
  static const db::Query kListFew{"tag.list_few",
                                  WHARF_TAG_LIST(WHARF_TAG_TRIGRAMS, "g.id = d.id AND " WHARF_TAG_LIKE)};
  const auto page = [&](const db::Query& query, const auto&... more) {
    return tx.all<Tag>(query, repository_id, filter.only_live, now, filter.limit + 1, place.skip, more...);
  };
  if (!filter.name.empty()) return page(kListOne, filter.name);
  if (filter.name_part.empty()) return page(kList, place.before_ms);
  const auto part = lower_ascii(filter.name_part);
  const auto pattern = like_part(part);
  if (tx.engine() != db::Engine::sqlite) return page(kListLikePg, place.before_ms, pattern);
  const auto phrase = trigram_phrase(part);
  const bool few = character_count(part) >= kTrigram && is_found_by_trigrams(tx, repository_id, phrase);
  return few ? page(kListFew, place.before_ms, pattern, phrase) : page(kListLike, place.before_ms, pattern);
}

}  // namespace

TagPage list_tags(db::Tx& tx, std::int64_t repository_id, const TagFilter& filter, Millis now) {
  TagPlace place{.skip = (static_cast<std::int64_t>(filter.page) - 1) * filter.limit};
  if (place.skip > kShortWay && filter.name.empty() && filter.name_part.empty()) {
    const auto found = find_tag_place(tx, repository_id, filter.only_live, place.skip, now);
    if (!found) return {};
    place = *found;
  }
  TagPage page;
  page.tags = find_page(tx, repository_id, filter, place, now);
  page.more = std::ssize(page.tags) > filter.limit;  // the extra row only tells of a next page
  if (page.more) page.tags.pop_back();
  return page;
}

}  // namespace wharf::store
