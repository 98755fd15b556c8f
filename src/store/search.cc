#include "store/search.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "store/like.h"

namespace wharf::store {
namespace {

// More matches, or repositories of a namespace, than this are found sooner by going through the repositories in the
// order of the answer.
constexpr std::int64_t kFew = 1000;

// Whether the caller may see r. $1 account, $3 with permission, $4 everything. What they were given is read once a
// search, not once a repository.
#define WHARF_SEARCH_VISIBLE                                                                                      \
  "           ($4 OR r.visibility = 'public' OR ($3 AND (r.namespace_id = $1 "                                    \
  "             OR r.namespace_id IN (SELECT t.organization_id FROM team_member m "                               \
  "                                     JOIN team t ON t.id = m.team_id AND t.role = 3 WHERE m.account_id = $1) " \
  "             OR r.id IN (SELECT p.repository_id FROM repository_permission p WHERE p.account_id = $1 "         \
  "                          UNION ALL "                                                                          \
  "                         SELECT p.repository_id FROM team_member m "                                           \
  "                           JOIN repository_permission p ON p.team_id = m.team_id "                             \
  "                          WHERE m.account_id = $1)))) "

// The first $6 repositories that `condition` holds for, best first, with what is told of them. $1 account, $2 now,
// $3 with permission, $4 everything, $5 namespace, $7 the text. `from` has the repository r and its namespace n.
#define WHARF_SEARCH(from, condition)                                                                      \
  "SELECT r.id, n.kind, n.name, COALESCE(n.email, n.contact_email), r.name, r.description, r.visibility, " \
  "       COALESCE((SELECT max(t.start_ms) FROM tag t "                                                    \
  "                  WHERE t.repository_id = r.id AND t.end_ms > $2 AND NOT t.hidden), 0), "               \
  "       (SELECT count(*) FROM star s WHERE s.repository_id = r.id), "                                    \
  "       (SELECT CAST(COALESCE(sum(d.actions), 0) AS BIGINT) FROM repository_day d "                      \
  "         WHERE d.repository_id = r.id AND d.day > $2 / 86400000 - 7) "                                  \
  "  FROM (SELECT r.id AS id, r.popularity AS popularity FROM " from                                       \
  "         WHERE n.id = r.namespace_id AND r.deleted_ms IS NULL AND n.deleted_ms IS NULL "                \
  "           AND ($5 = 0 OR r.namespace_id = $5) AND " condition "           AND " WHARF_SEARCH_VISIBLE   \
  "         ORDER BY r.popularity DESC, r.id LIMIT $6) x "                                                 \
  "  CROSS JOIN repository r CROSS JOIN account n "                                                        \
  " WHERE r.id = x.id AND n.id = r.namespace_id ORDER BY x.popularity DESC, x.id"

// SQLite takes the tables of a CROSS JOIN in the order in which they stand.
#define WHARF_SEARCH_ALL "repository r CROSS JOIN account n"
#define WHARF_SEARCH_TRIGRAMS                                                      \
  "(SELECT rowid AS id FROM repository_text WHERE repository_text MATCH $9 UNION " \
  " SELECT repository_id FROM repository_text_due) d CROSS JOIN repository r CROSS JOIN account n"
#define WHARF_SEARCH_IN_NAME "r.name LIKE $8 ESCAPE '\\' AND r.name <> $7"
#define WHARF_SEARCH_IN_DESCRIPTION \
  "lower(r.description) LIKE $8 ESCAPE '\\' AND r.name NOT LIKE $8 ESCAPE '\\' AND r.name <> $7"
#define WHARF_SEARCH_MATCH "r.id = d.id AND "
#define WHARF_SEARCH_THERE "r.namespace_id = $5 AND "

/// Which repositories are looked at.
enum class Way { all, with_trigrams, in_namespace };

/// The quick one. PostgreSQL decides by itself.
Way way_to(db::Tx& tx, const RepositorySearch& search, const std::string& phrase) {
  if (tx.engine() != db::Engine::sqlite) return Way::all;
  static const db::Query kInNamespace{"search.count_in_namespace", R"(
    SELECT count(*) FROM (SELECT 1 FROM repository WHERE namespace_id = $1 AND deleted_ms IS NULL LIMIT $2))"};
  static const db::Query kMatches{"search.count_matches", R"(
    SELECT (SELECT count(*) FROM (SELECT 1 FROM repository_text WHERE repository_text MATCH $1 LIMIT $2))
         + (SELECT count(*) FROM (SELECT 1 FROM repository_text_due LIMIT $2)))"};
  if (search.namespace_id != 0 && tx.get<std::int64_t>(kInNamespace, search.namespace_id, kFew) < kFew) {
    return Way::in_namespace;
  }
  const bool few = character_count(search.text) >= kTrigram && tx.get<std::int64_t>(kMatches, phrase, kFew) < kFew;
  return few ? Way::with_trigrams : Way::all;
}

}  // namespace

std::vector<FoundRepository> search_repositories(db::Tx& tx, const RepositorySearch& search, Millis now) {
  static const db::Query kCalled{"search.repositories_called", WHARF_SEARCH(WHARF_SEARCH_ALL, "r.name = $7")};
  static const db::Query kNamed{"search.repositories_named", WHARF_SEARCH(WHARF_SEARCH_ALL, WHARF_SEARCH_IN_NAME)};
  static const db::Query kDescribed{"search.repositories_described",
                                    WHARF_SEARCH(WHARF_SEARCH_ALL, WHARF_SEARCH_IN_DESCRIPTION)};
  static const db::Query kNamedThere{"search.named_there",
                                     WHARF_SEARCH(WHARF_SEARCH_ALL, WHARF_SEARCH_THERE WHARF_SEARCH_IN_NAME)};
  static const db::Query kDescribedThere{
      "search.described_there", WHARF_SEARCH(WHARF_SEARCH_ALL, WHARF_SEARCH_THERE WHARF_SEARCH_IN_DESCRIPTION)};
  static const db::Query kFewNamed{"search.few_named",
                                   WHARF_SEARCH(WHARF_SEARCH_TRIGRAMS, WHARF_SEARCH_MATCH WHARF_SEARCH_IN_NAME)};
  static const db::Query kFewDescribed{
      "search.few_described", WHARF_SEARCH(WHARF_SEARCH_TRIGRAMS, WHARF_SEARCH_MATCH WHARF_SEARCH_IN_DESCRIPTION)};
  const auto phrase = trigram_phrase(search.text);
  const auto pattern = like_part(search.text);
  const auto way = way_to(tx, search, phrase);
  std::vector<FoundRepository> found;
  const auto missing = [&] { return search.limit - std::ssize(found); };
  const auto add = [&](const db::Query& query, const auto&... more) {
    auto rows = tx.all<FoundRepository>(query, search.account_id, now, search.with_permission, search.everything,
                                        search.namespace_id, missing(), search.text, more...);
    std::ranges::move(rows, std::back_inserter(found));
  };
  if (!search.text.empty()) add(kCalled);
  const auto add_by_way = [&](const db::Query& all, const db::Query& few, const db::Query& there) {
    if (missing() <= 0) return;
    if (way == Way::with_trigrams) {
      add(few, pattern, phrase);
    } else {
      add(way == Way::all ? all : there, pattern);
    }
  };
  add_by_way(kNamed, kFewNamed, kNamedThere);
  if (character_count(search.text) >= kTrigram) add_by_way(kDescribed, kFewDescribed, kDescribedThere);
  return found;
}

std::set<std::int64_t> visible_repositories(db::Tx& tx, const RepositorySearch& search,
                                            const std::vector<std::int64_t>& ids) {
  static const db::Query kVisible{"search.visible", R"(
    SELECT r.id FROM repository r JOIN account n ON n.id = r.namespace_id
     WHERE r.id IN ($2, $5, $6, $7, $8, $9, $10, $11, $12, $13)
       AND r.deleted_ms IS NULL AND n.deleted_ms IS NULL AND )" WHARF_SEARCH_VISIBLE};
  constexpr std::size_t kAtOnce = 10;
  std::set<std::int64_t> visible;
  for (std::size_t first = 0; first < ids.size(); first += kAtOnce) {
    const auto id = [&](std::size_t i) { return first + i < ids.size() ? ids[first + i] : 0; };
    const auto rows =
        tx.all<std::int64_t>(kVisible, search.account_id, id(0), search.with_permission, search.everything, id(1),
                             id(2), id(3), id(4), id(5), id(6), id(7), id(8), id(9));
    visible.insert(rows.begin(), rows.end());
  }
  return visible;
}

std::int64_t index_texts(db::Tx& tx, std::int64_t limit) {
  if (tx.engine() != db::Engine::sqlite) return 0;
  // The oldest of those that are due, whatever is noted meanwhile.
#define WHARF_SEARCH_DUE "(SELECT repository_id FROM repository_text_due ORDER BY repository_id LIMIT $1)"
  static const db::Query kForget{"search.forget_texts", "DELETE FROM repository_text WHERE rowid IN " WHARF_SEARCH_DUE};
  static const db::Query kAdd{"search.add_texts",
                              "INSERT INTO repository_text (rowid, name, description) "
                              "SELECT id, name, description FROM repository "
                              " WHERE deleted_ms IS NULL AND id IN " WHARF_SEARCH_DUE};
  static const db::Query kDone{"search.texts_done",
                               "DELETE FROM repository_text_due WHERE repository_id IN " WHARF_SEARCH_DUE};
  tx.run(kForget, limit);
  tx.run(kAdd, limit);
  return tx.run(kDone, limit);
}

bool has_texts_to_index(db::Tx& tx) {
  if (tx.engine() != db::Engine::sqlite) return false;
  static const db::Query kAny{"search.any_text_due", "SELECT EXISTS (SELECT 1 FROM repository_text_due)"};
  return tx.get<bool>(kAny);
}

std::vector<FoundAccount> search_namespaces(db::Tx& tx, std::string_view prefix, std::int64_t limit) {
  // No letter of a name comes after the tilde.
  static const db::Query kFind{"search.namespaces", R"(
    SELECT a.kind, a.name, COALESCE(a.email, a.contact_email), FALSE FROM account a
     WHERE a.kind <> 'robot' AND a.deleted_ms IS NULL AND a.enabled AND a.name >= $1 AND a.name < $1 || '~'
     ORDER BY a.name LIMIT $2)"};
  return tx.all<FoundAccount>(kFind, prefix, limit);
}

std::vector<FoundAccount> search_entities(db::Tx& tx, const EntitySearch& search) {
  static const db::Query kFind{"search.entities", R"(
    SELECT a.kind, a.name, a.email,
           EXISTS (SELECT 1 FROM team_member m JOIN team t ON t.id = m.team_id
                    WHERE m.account_id = a.id AND t.organization_id = $3)
      FROM account a
     WHERE a.id IN (SELECT u.id FROM (
                      SELECT x.id FROM account x
                       WHERE x.kind <> 'robot' AND x.deleted_ms IS NULL AND x.kind = 'user' AND x.enabled
                         AND x.name >= $1 AND x.name < $1 || '~' AND (x.name = $1 OR NOT $2)
                       ORDER BY x.name LIMIT $6) u
                     UNION SELECT b.id FROM (
                      SELECT x.id FROM account x
                       WHERE x.owner_id = $4 AND x.kind = 'robot' AND x.name >= $5 AND x.name < $5 || '~'
                       ORDER BY x.name LIMIT $6) b)
     ORDER BY CASE WHEN a.name = $1 THEN 0 WHEN a.kind = 'robot' THEN 1 ELSE 2 END, a.name LIMIT $6)"};
  return tx.all<FoundAccount>(kFind, search.prefix, search.exact_users, search.organization_id, search.robots_of,
                              search.robot_prefix, search.limit);
}

std::vector<std::string> search_teams_of(db::Tx& tx, std::int64_t organization_id, std::string_view prefix,
                                         std::int64_t limit) {
  static const db::Query kFind{"search.teams_of", R"(
    SELECT name FROM team WHERE organization_id = $1 AND name >= $2 AND name < $2 || '~' ORDER BY name LIMIT $3)"};
  return tx.all<std::string>(kFind, organization_id, prefix, limit);
}

std::vector<FoundTeam> search_teams(db::Tx& tx, const OwnSearch& search) {
  static const db::Query kFind{"search.teams", R"(
    SELECT t.name, o.name, o.contact_email FROM team t JOIN account o ON o.id = t.organization_id
     WHERE o.deleted_ms IS NULL
       AND t.id IN (SELECT x.id FROM team_member m JOIN team x ON x.id = m.team_id
                     WHERE $2 AND m.account_id = $1 AND x.name >= $4 AND x.name < $4 || '~'
                     UNION
                    SELECT x.id FROM team_member m JOIN team y ON y.id = m.team_id AND y.role = 3
                      JOIN team x ON x.organization_id = y.organization_id
                     WHERE $3 AND m.account_id = $1 AND x.name >= $4 AND x.name < $4 || '~')
     ORDER BY t.name, o.name LIMIT $5)"};
  return tx.all<FoundTeam>(kFind, search.account_id, search.own, search.administered, search.prefix, search.limit);
}

std::vector<std::string> search_robots(db::Tx& tx, const OwnSearch& search) {
  static const db::Query kFind{"search.robots", R"(
    SELECT b.name
      FROM (SELECT a.id, a.name FROM account a WHERE $2 AND a.id = $1 AND a.deleted_ms IS NULL
             UNION
            SELECT a.id, a.name FROM team_member m JOIN team t ON t.id = m.team_id AND t.role = 3
              JOIN account a ON a.id = t.organization_id
             WHERE $3 AND m.account_id = $1 AND a.deleted_ms IS NULL) o
      JOIN account b ON b.owner_id = o.id AND b.name >= o.name || '+' || $4 AND b.name < o.name || '+' || $4 || '~'
     WHERE b.kind = 'robot' ORDER BY b.name LIMIT $5)"};
  return tx.all<std::string>(kFind, search.account_id, search.own, search.administered, search.prefix, search.limit);
}

}  // namespace wharf::store
