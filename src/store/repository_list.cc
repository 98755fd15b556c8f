#include "store/repository.h"
#include "store/repository_columns.h"

namespace wharf::store {
namespace {

// $3 namespace, $4 only starred, $5 with permission, $6 with public, $7 everything.
#define WHARF_REPOSITORY_VISIBLE                                                                               \
  " WHERE r.deleted_ms IS NULL AND n.deleted_ms IS NULL AND ($3 = '' OR n.name = $3) "                         \
  "   AND (NOT $4 OR EXISTS (SELECT 1 FROM star s WHERE s.account_id = $1 AND s.repository_id = r.id)) "       \
  "   AND ($7 OR ($6 AND r.visibility = 'public') OR ($5 AND ("                                                \
  "        r.namespace_id = $1 "                                                                               \
  "     OR EXISTS (SELECT 1 FROM repository_permission p WHERE p.repository_id = r.id AND p.account_id = $1) " \
  "     OR EXISTS (SELECT 1 FROM team_member m JOIN repository_permission p ON p.team_id = m.team_id "         \
  "                 WHERE m.account_id = $1 AND p.repository_id = r.id) "                                      \
  "     OR EXISTS (SELECT 1 FROM team_member m JOIN team t ON t.id = m.team_id AND t.role = 3 "                \
  "                 WHERE m.account_id = $1 AND t.organization_id = r.namespace_id)))) "

// What the caller may see, a page of each kind, by id: with few of very many repositories nothing else is read.
// $3 namespace, $4 with permission, $5 after, $6 limit, $7 with public.
#define WHARF_REPOSITORY_GIVEN                                                                             \
  " SELECT a.id FROM (SELECT p.repository_id AS id FROM repository_permission p "                          \
  "    JOIN repository x ON x.id = p.repository_id "                                                       \
  "   WHERE $4 AND p.account_id = $1 AND p.repository_id > $5 "                                            \
  "     AND ($3 = '' OR x.namespace_id = (SELECT id FROM account WHERE name = $3)) "                       \
  "   ORDER BY p.repository_id LIMIT $6) a "                                                               \
  " UNION SELECT b.id FROM (SELECT p.repository_id AS id FROM team_member m "                              \
  "    JOIN repository_permission p ON p.team_id = m.team_id JOIN repository x ON x.id = p.repository_id " \
  "   WHERE $4 AND m.account_id = $1 AND p.repository_id > $5 "                                            \
  "     AND ($3 = '' OR x.namespace_id = (SELECT id FROM account WHERE name = $3)) "                       \
  "   GROUP BY p.repository_id ORDER BY p.repository_id LIMIT $6) b "
#define WHARF_REPOSITORY_RULED                                                                                        \
  " UNION SELECT c.id FROM (SELECT x.id FROM repository x "                                                           \
  "   WHERE $4 AND x.namespace_id = $1 AND x.id > $5 AND x.deleted_ms IS NULL ORDER BY x.id LIMIT $6) c "             \
  " UNION SELECT d.id FROM (SELECT x.id FROM team_member m JOIN team t ON t.id = m.team_id AND t.role = 3 "           \
  "    JOIN repository x ON x.namespace_id = t.organization_id "                                                      \
  "   WHERE $4 AND m.account_id = $1 AND x.id > $5 AND x.deleted_ms IS NULL GROUP BY x.id ORDER BY x.id LIMIT $6) d " \
  " UNION SELECT e.id FROM (SELECT x.id FROM repository x "                                                           \
  "   WHERE $7 AND x.visibility = 'public' AND x.deleted_ms IS NULL AND x.id > $5 ORDER BY x.id LIMIT $6) e "
#define WHARF_REPOSITORY_PAGE                                                                       \
  ") AND r.deleted_ms IS NULL AND n.deleted_ms IS NULL AND ($3 = '' OR n.name = $3) AND r.id > $5 " \
  " ORDER BY r.id LIMIT $6"

/// Whether `account_id` sees everything in the namespace without being given it.
bool rules(db::Tx& tx, std::int64_t account_id, const std::string& ns) {
  static const db::Query kRules{"repository.rules_namespace", R"(
    SELECT 1 FROM account n WHERE n.name = $2 AND (n.id = $1 OR EXISTS (
      SELECT 1 FROM team_member m JOIN team t ON t.id = m.team_id AND t.role = 3
       WHERE m.account_id = $1 AND t.organization_id = n.id)))"};
  return tx.one<int>(kRules, account_id, ns).has_value();
}

std::vector<Repository> list_by_age(db::Tx& tx, std::int64_t account_id, const RepositoryFilter& filter, Millis now) {
  if (filter.starred) {
    // From the caller's few stars, not from the many repositories.
    static const db::Query kStarred{
        "repository.list_starred", WHARF_REPOSITORY_FIELDS
        "  FROM star x JOIN repository r ON r.id = x.repository_id JOIN account n ON n.id = "
        "r.namespace_id " WHARF_REPOSITORY_VISIBLE
        " AND x.account_id = $1 AND x.repository_id > $8 ORDER BY x.repository_id LIMIT $9"};
    return tx.all<Repository>(kStarred, account_id, now, filter.ns, filter.starred, filter.with_permission,
                              filter.with_public, filter.everything, filter.after_id, filter.limit);
  }
  const bool in_one = !filter.ns.empty();
  if (filter.everything || (in_one && (filter.with_public || rules(tx, account_id, filter.ns)))) {
    // Nearly all that is looked at is shown.
    static const db::Query kAll{"repository.list_all", WHARF_REPOSITORY_COLUMNS WHARF_REPOSITORY_VISIBLE
                                " AND r.id > $8 ORDER BY r.id LIMIT $9"};
    static const db::Query kOfNamespace{"repository.list_namespace", WHARF_REPOSITORY_COLUMNS WHARF_REPOSITORY_VISIBLE
                                        " AND r.namespace_id = (SELECT id FROM account WHERE name = $3)"
                                        " AND r.id > $8 ORDER BY r.id LIMIT $9"};
    return tx.all<Repository>(in_one ? kOfNamespace : kAll, account_id, now, filter.ns, filter.starred,
                              filter.with_permission, filter.with_public, filter.everything, filter.after_id,
                              filter.limit);
  }
  static const db::Query kGiven{"repository.list_given", WHARF_REPOSITORY_COLUMNS
                                " WHERE r.id IN (" WHARF_REPOSITORY_GIVEN WHARF_REPOSITORY_PAGE};
  static const db::Query kVisible{
      "repository.list_visible",
      WHARF_REPOSITORY_COLUMNS " WHERE r.id IN (" WHARF_REPOSITORY_GIVEN WHARF_REPOSITORY_RULED WHARF_REPOSITORY_PAGE};
  if (in_one) {
    return tx.all<Repository>(kGiven, account_id, now, filter.ns, filter.with_permission, filter.after_id,
                              filter.limit);
  }
  return tx.all<Repository>(kVisible, account_id, now, filter.ns, filter.with_permission, filter.after_id, filter.limit,
                            filter.with_public);
}

}  // namespace

std::vector<Repository> list_repositories(db::Tx& tx, std::int64_t account_id, const RepositoryFilter& filter,
                                          Millis now) {
  if (filter.oldest_first) return list_by_age(tx, account_id, filter, now);
  static const db::Query kByName{"repository.list_by_name", WHARF_REPOSITORY_COLUMNS WHARF_REPOSITORY_VISIBLE
                                 " AND n.name >= $8 AND (n.name > $8 OR r.name > $9)"
                                 " ORDER BY n.name, r.name LIMIT $10"};
  return tx.all<Repository>(kByName, account_id, now, filter.ns, filter.starred, filter.with_permission,
                            filter.with_public, filter.everything, filter.after_ns, filter.after_name, filter.limit);
}

}  // namespace wharf::store
