#include "store/tag.h"

#include <algorithm>

#include "base/random.h"
#include "store/access.h"
#include "store/tag_columns.h"

namespace wharf::store {
namespace {

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
    INSERT INTO tag (repository_id, name, manifest_id, start_ms, end_ms, hidden, immutable, reversion)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8))"};
  lock_tag(tx, tag.repository_id, tag.name);
  const auto live = live_generation(tx, tag.repository_id, tag.name, now);
  if (live && live->immutable && live->manifest_id != tag.manifest_id) return false;
  if (live) tx.run(kMove, tag.repository_id, tag.name, now);
  const bool immutable = tag.immutable || (live && live->immutable);
  tx.run(kInsert, tag.repository_id, tag.name, tag.manifest_id, now, tag.end_ms, tag.hidden, immutable, tag.reversion);
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
  if (!live || live->immutable || (manifest_id != 0 && live->manifest_id != manifest_id)) return false;
  tx.run(kEnd, repository_id, name, now);
  return true;
}

void set_tag_end(db::Tx& tx, std::int64_t tag_id, Millis end_ms) {
  static const db::Query kSet{"tag.set_end", "UPDATE tag SET end_ms = $2 WHERE id = $1"};
  tx.run(kSet, tag_id, end_ms);
}

void set_tag_immutable(db::Tx& tx, std::int64_t tag_id, bool immutable) {
  static const db::Query kSet{"tag.set_immutable", "UPDATE tag SET immutable = $2 WHERE id = $1"};
  tx.run(kSet, tag_id, immutable);
}

std::vector<std::string> end_signatures(db::Tx& tx, std::int64_t repository_id, std::int64_t manifest_id,
                                        std::string_view digest, Millis now) {
  static const db::Query kTagged{"tag.other_of_manifest", R"(
    SELECT 1 FROM tag
     WHERE manifest_id = $1 AND end_ms > $2 AND NOT hidden LIMIT 1)"};
  std::vector<std::string> ended;
  constexpr std::string_view kAlgorithm = "sha256:";
  if (!digest.starts_with(kAlgorithm) || tx.one<std::int64_t>(kTagged, manifest_id, now)) return ended;
  const auto stem = "sha256-" + std::string(digest.substr(kAlgorithm.size()));
  for (const auto* suffix : {".att", ".sbom", ".sig"}) {  // in order of names, as all who lock more than one
    const auto name = stem + suffix;
    if (end_tag(tx, repository_id, name, now)) ended.push_back(name);
  }
  return ended;
}

bool is_restorable(db::Tx& tx, std::int64_t manifest_id, Millis now) {
  static const db::Query kRestorable{"tag.restorable", R"(
    WITH RECURSIVE above (id) AS (
      SELECT CAST($1 AS BIGINT)
       UNION SELECT c.manifest_id FROM manifest_child c JOIN above a ON c.child_id = a.id)
    SELECT 1 FROM above a JOIN tag t ON t.manifest_id = a.id
      JOIN repository r ON r.id = t.repository_id JOIN account n ON n.id = r.namespace_id
     WHERE t.end_ms > $2 - n.tag_expiration_s * 1000 LIMIT 1)"};
  return tx.one<std::int64_t>(kRestorable, manifest_id, now).has_value();
}

bool forget_tag(db::Tx& tx, const TagToForget& tag, Millis now) {
  // A second beyond the window, so that no rounding brings it back; hidden, so that no list has it.
  static const db::Query kForget{"tag.forget", R"(
    UPDATE tag SET hidden = TRUE, moved = FALSE, end_ms = $5 - 1000 - 1000 * (
             SELECT n.tag_expiration_s FROM repository r JOIN account n ON n.id = r.namespace_id
              WHERE r.id = tag.repository_id)
     WHERE repository_id = $1 AND name = $2 AND NOT hidden AND (NOT immutable OR moved)
       AND (($3 AND end_ms > $5) OR (NOT $3 AND end_ms <= $5 AND manifest_id = $4)))"};
  return tx.run(kForget, tag.repository_id, tag.name, tag.alive, tag.manifest_id, now) > 0;
}

void forget_holds_of_children(db::Tx& tx, std::int64_t manifest_id, Millis now) {
  static const db::Query kForget{"tag.forget_holds", R"(
    UPDATE tag SET moved = FALSE, end_ms = $2 - 1000 - 1000 * (
             SELECT n.tag_expiration_s FROM repository r JOIN account n ON n.id = r.namespace_id
              WHERE r.id = tag.repository_id)
     WHERE hidden AND end_ms > $2 AND manifest_id IN (SELECT child_id FROM manifest_child WHERE manifest_id = $1))"};
  tx.run(kForget, manifest_id, now);
}

std::vector<TagChild> list_children(db::Tx& tx, const std::vector<std::int64_t>& manifest_ids, int limit) {
  static const db::Query kChildren{"tag.children", R"(
    SELECT manifest_id, child_digest, child_id IS NOT NULL FROM manifest_child
     WHERE manifest_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AND position < $11
     ORDER BY manifest_id, position)"};
  constexpr std::size_t kIdsAStatement = 10;
  std::vector<TagChild> children;
  // The last statement is filled up with its first id again: one prepared statement for every count.
  for (std::size_t at = 0; at < manifest_ids.size(); at += kIdsAStatement) {
    const auto id = [&](std::size_t i) { return manifest_ids[at + i < manifest_ids.size() ? at + i : at]; };
    auto rows =
        tx.all<TagChild>(kChildren, id(0), id(1), id(2), id(3), id(4), id(5), id(6), id(7), id(8), id(9), limit);
    children.insert(children.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
  }
  return children;
}

ChildCount count_children(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kCount{"tag.count_children",
                                "SELECT count(*), count(child_id) FROM manifest_child WHERE manifest_id = $1"};
  return tx.get<ChildCount>(kCount, manifest_id);
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
