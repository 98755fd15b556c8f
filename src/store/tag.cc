#include "store/tag.h"

#include <algorithm>

#include "base/random.h"
#include "store/access.h"

namespace wharf::store {
namespace {

#define WHARF_TAG_COLUMNS                                                                        \
  "SELECT t.id, t.name, t.manifest_id, m.digest, m.media_type, m.is_list, m.layers_size_bytes, " \
  "       t.start_ms, t.end_ms, t.reversion, t.immutable "                                       \
  "  FROM tag t JOIN manifest m ON m.id = t.manifest_id "

/// `text` for LIKE … ESCAPE '\', as a part of what is searched.
std::string like_part(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  return pattern + '%';
}

/// One writer at a time for one name.
std::string lock_name(std::int64_t repository_id, std::string_view name) {
  return "tag " + std::to_string(repository_id) + ' ' + std::string(name);
}

struct Generation {
  std::int64_t manifest_id = 0;
  bool immutable = false;
};
BOOST_DESCRIBE_STRUCT(Generation, (), (manifest_id, immutable))

/// The generation of a name that lives. The name is locked.
std::optional<Generation> live_generation(db::Tx& tx, std::int64_t repository_id, std::string_view name, Millis now) {
  static const db::Query kLive{"tag.live", R"(
    SELECT manifest_id, immutable FROM tag
     WHERE repository_id = $1 AND name = $2 AND end_ms > $3 ORDER BY end_ms DESC)"};
  return tx.one<Generation>(kLive, repository_id, name, now);
}

}  // namespace

std::optional<Tag> find_tag(db::Tx& tx, std::int64_t repository_id, std::string_view name, Millis now) {
  static const db::Query kFind{"tag.find", WHARF_TAG_COLUMNS R"(
     WHERE t.repository_id = $1 AND t.name = $2 AND t.end_ms > $3 AND NOT t.hidden
     ORDER BY t.end_ms DESC LIMIT 1)"};
  return tx.one<Tag>(kFind, repository_id, name, now);
}

bool was_tag(db::Tx& tx, std::int64_t repository_id, std::string_view name, Millis now) {
  static const db::Query kWas{"tag.was", R"(
    SELECT 1 FROM tag WHERE repository_id = $1 AND name = $2 AND end_ms <= $3 AND NOT hidden LIMIT 1)"};
  return tx.one<std::int64_t>(kWas, repository_id, name, now).has_value();
}

TagPage list_tags(db::Tx& tx, std::int64_t repository_id, const TagFilter& filter, Millis now) {
  static const db::Query kList{"tag.list", WHARF_TAG_COLUMNS R"(
     WHERE t.repository_id = $1 AND NOT t.hidden AND (NOT $2 OR t.end_ms > $3)
       AND ($4 = '' OR lower(t.name) LIKE $4 ESCAPE '\')
     ORDER BY t.start_ms DESC, t.name, t.id DESC LIMIT $5 OFFSET $6)"};
  static const db::Query kListOne{"tag.list_one", WHARF_TAG_COLUMNS R"(
     WHERE t.repository_id = $1 AND NOT t.hidden AND (NOT $2 OR t.end_ms > $3) AND t.name = $4
     ORDER BY t.start_ms DESC, t.name, t.id DESC LIMIT $5 OFFSET $6)"};
  const std::int64_t offset = (static_cast<std::int64_t>(filter.page) - 1) * filter.limit;
  const auto one = !filter.name.empty();
  const auto what = one ? filter.name : filter.name_part.empty() ? std::string() : like_part(filter.name_part);
  TagPage page;
  page.tags = tx.all<Tag>(one ? kListOne : kList, repository_id, filter.only_live, now, what, filter.limit + 1, offset);
  page.more = std::ssize(page.tags) > filter.limit;  // the extra row only tells of a next page
  if (page.more) page.tags.pop_back();
  return page;
}

std::vector<std::string> list_tag_names(db::Tx& tx, std::int64_t repository_id, std::string_view last, int limit,
                                        Millis now) {
  static const db::Query kNames{"tag.names", R"(
    SELECT DISTINCT name FROM tag
     WHERE repository_id = $1 AND name > $2 AND end_ms > $3 AND NOT hidden ORDER BY name LIMIT $4)"};
  // Hidden names start with '$', which sorts before every name a tag can have: start behind them.
  return tx.all<std::string>(kNames, repository_id, last.empty() ? std::string_view("/") : last, now, limit);
}

bool set_tag(db::Tx& tx, const NewTag& tag, Millis now) {
  static const db::Query kMove{"tag.move", R"(
    UPDATE tag SET end_ms = $3, moved = TRUE WHERE repository_id = $1 AND name = $2 AND end_ms > $3)"};
  static const db::Query kInsert{"tag.insert", R"(
    INSERT INTO tag (repository_id, name, manifest_id, start_ms, end_ms, hidden) VALUES ($1, $2, $3, $4, $5, $6))"};
  lock_tag(tx, tag.repository_id, tag.name);
  const auto live = live_generation(tx, tag.repository_id, tag.name, now);
  if (live && live->immutable && live->manifest_id != tag.manifest_id) return false;
  if (live) tx.run(kMove, tag.repository_id, tag.name, now);
  tx.run(kInsert, tag.repository_id, tag.name, tag.manifest_id, now, tag.end_ms, tag.hidden);
  return true;
}

void lock_tag(db::Tx& tx, std::int64_t repository_id, std::string_view name) {
  tx.lock(lock_name(repository_id, name));
}

bool end_tag(db::Tx& tx, std::int64_t repository_id, std::string_view name, Millis now, std::int64_t manifest_id) {
  static const db::Query kEnd{"tag.end", R"(
    UPDATE tag SET end_ms = $3 WHERE repository_id = $1 AND name = $2 AND end_ms > $3)"};
  lock_tag(tx, repository_id, name);
  const auto live = live_generation(tx, repository_id, name, now);
  if (!live || (manifest_id != 0 && live->manifest_id != manifest_id)) return false;
  tx.run(kEnd, repository_id, name, now);
  return true;
}

void set_tag_end(db::Tx& tx, std::int64_t tag_id, Millis end_ms) {
  static const db::Query kSet{"tag.set_end", "UPDATE tag SET end_ms = $2 WHERE id = $1"};
  tx.run(kSet, tag_id, end_ms);
}

std::vector<TagOfManifest> tags_of_manifest(db::Tx& tx, std::int64_t repository_id, std::int64_t manifest_id, int limit,
                                            Millis now) {
  static const db::Query kTags{"tag.of_manifest", R"(
    SELECT name, hidden, immutable FROM tag
     WHERE manifest_id = $2 AND repository_id = $1 AND end_ms > $3 ORDER BY end_ms LIMIT $4)"};
  auto tags = tx.all<TagOfManifest>(kTags, repository_id, manifest_id, now, limit);
  // In order: two that end the tags of one manifest then lock them in one order, and none waits for the other in turn.
  std::ranges::sort(tags, {}, &TagOfManifest::name);
  return tags;
}

std::optional<std::string> immutable_tag_of_manifest(db::Tx& tx, std::int64_t manifest_id, Millis now) {
  static const db::Query kFind{"tag.immutable_of_manifest",
                               "SELECT name FROM tag WHERE manifest_id = $1 AND end_ms > $2 AND immutable LIMIT 1"};
  return tx.one<std::string>(kFind, manifest_id, now);
}

bool forget_moves(db::Tx& tx, std::int64_t manifest_id, Millis now) {
  static const db::Query kForget{"tag.forget_moves", R"(
    UPDATE tag SET moved = FALSE WHERE manifest_id = $1 AND end_ms > $2 AND moved)"};
  return tx.run(kForget, manifest_id, now - kMovedGraceMs) > 0;
}

void hold_manifest(db::Tx& tx, std::int64_t repository_id, std::int64_t manifest_id, Millis end_ms, Millis now) {
  // Pushed again by digest: the hold that is there lasts longer, so that a thousand pushes leave one row.
  static const db::Query kExtend{"tag.extend_hold", R"(
    UPDATE tag SET end_ms = CASE WHEN end_ms < $3 THEN $3 ELSE end_ms END
     WHERE manifest_id = $1 AND end_ms > $2 AND hidden)"};
  if (tx.run(kExtend, manifest_id, now, end_ms) > 0) return;
  set_tag(tx, {repository_id, "$hold-" + random_uuid(), manifest_id, end_ms, true}, now);
}

}  // namespace wharf::store
