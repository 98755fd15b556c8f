#include "store/repository.h"

#include "base/random.h"
#include "store/access.h"
#include "store/prototype.h"

namespace wharf::store {

namespace {

// The columns of `Repository`, for the caller $1 at the time $2.
#define WHARF_REPOSITORY_FIELDS                                                                                \
  "SELECT r.id, r.namespace_id, n.name, r.name, r.description, r.visibility, r.kind, r.state, r.badge_token, " \
  "       n.kind = 'organization', n.tag_expiration_s, "                                                       \
  "       (SELECT count(*) FROM tag t WHERE t.repository_id = r.id AND t.end_ms > $2 AND NOT t.hidden), "      \
  "       EXISTS (SELECT 1 FROM star s WHERE s.account_id = $1 AND s.repository_id = r.id), "                  \
  "       COALESCE((SELECT max(t.start_ms) FROM tag t "                                                        \
  "                  WHERE t.repository_id = r.id AND t.end_ms > $2 AND NOT t.hidden), 0), "                   \
  "       (SELECT CAST(COALESCE(sum(d.actions), 0) AS BIGINT) FROM repository_day d "                          \
  "         WHERE d.repository_id = r.id AND d.day > $2 / 86400000 - 7) "
#define WHARF_REPOSITORY_COLUMNS WHARF_REPOSITORY_FIELDS "  FROM repository r JOIN account n ON n.id = r.namespace_id "

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

}  // namespace

std::optional<RepositoryHead> find_repository(db::Tx& tx, const RepoName& name) {
  static const db::Query kFind{"repository.find", R"(
    SELECT r.id, r.namespace_id, r.visibility, r.state
      FROM account n JOIN repository r ON r.namespace_id = n.id AND r.name = $2
     WHERE n.name = $1 AND n.enabled)"};
  return tx.one<RepositoryHead>(kFind, name.ns, name.name);
}

std::optional<Repository> get_repository(db::Tx& tx, std::int64_t repository_id, std::int64_t account_id, Millis now) {
  static const db::Query kGet{"repository.get", WHARF_REPOSITORY_COLUMNS " WHERE r.id = $3 AND r.deleted_ms IS NULL"};
  return tx.one<Repository>(kGet, account_id, now, repository_id);
}

std::vector<Repository> list_repositories(db::Tx& tx, std::int64_t account_id, const RepositoryFilter& filter,
                                          Millis now) {
  if (filter.oldest_first && filter.starred) {
    // From the caller's few stars, not from the many repositories.
    static const db::Query kStarred{
        "repository.list_starred", WHARF_REPOSITORY_FIELDS
        "  FROM star x JOIN repository r ON r.id = x.repository_id JOIN account n ON n.id = "
        "r.namespace_id " WHARF_REPOSITORY_VISIBLE
        " AND x.account_id = $1 AND x.repository_id > $8 ORDER BY x.repository_id LIMIT $9"};
    return tx.all<Repository>(kStarred, account_id, now, filter.ns, filter.starred, filter.with_permission,
                              filter.with_public, filter.everything, filter.after_id, filter.limit);
  }
  if (filter.oldest_first) {
    static const db::Query kByAge{"repository.list_by_age", WHARF_REPOSITORY_COLUMNS WHARF_REPOSITORY_VISIBLE
                                  " AND r.id > $8 ORDER BY r.id LIMIT $9"};
    return tx.all<Repository>(kByAge, account_id, now, filter.ns, filter.starred, filter.with_permission,
                              filter.with_public, filter.everything, filter.after_id, filter.limit);
  }
  static const db::Query kByName{"repository.list_by_name", WHARF_REPOSITORY_COLUMNS WHARF_REPOSITORY_VISIBLE
                                 " AND (n.name > $8 OR (n.name = $8 AND r.name > $9))"
                                 " ORDER BY n.name, r.name LIMIT $10"};
  return tx.all<Repository>(kByName, account_id, now, filter.ns, filter.starred, filter.with_permission,
                            filter.with_public, filter.everything, filter.after_ns, filter.after_name, filter.limit);
}

std::optional<std::int64_t> create_repository(db::Tx& tx, const NewRepository& wanted, Millis now) {
  static const db::Query kInsert{"repository.insert", R"(
    INSERT INTO repository (namespace_id, name, visibility, description, badge_token, created_ms)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (namespace_id, name) DO NOTHING RETURNING id)"};
  const auto id = tx.one<std::int64_t>(kInsert, wanted.namespace_id, wanted.name, wanted.visibility, wanted.description,
                                       random_uuid(), now);
  if (!id) return std::nullopt;
  if (wanted.creator_id != 0) {
    static const db::Query kPermission{"repository.creator", R"(
      INSERT INTO repository_permission (repository_id, account_id, role) VALUES ($1, $2, 3))"};
    tx.run(kPermission, *id, wanted.creator_id);
  }
  apply_prototypes(tx, wanted.namespace_id, *id, wanted.creator_id);
  return id;
}

void delete_repository(db::Tx& tx, std::int64_t repository_id, Millis now) {
  static const db::Query kStars{"repository.delete_stars", "DELETE FROM star WHERE repository_id = $1"};
  static const db::Query kPermissions{"repository.delete_permissions",
                                      "DELETE FROM repository_permission WHERE repository_id = $1"};
  static const db::Query kUploads{"repository.delete_uploads", "DELETE FROM upload WHERE repository_id = $1"};
  // A space cannot stand in a repository's name: nobody can ask for this one.
  static const db::Query kRename{"repository.delete", R"(
    UPDATE repository SET name = $2, deleted_ms = $3, visibility = 'private', description = '' WHERE id = $1)"};
  tx.run(kStars, repository_id);
  tx.run(kPermissions, repository_id);
  tx.run(kUploads, repository_id);
  tx.run(kRename, repository_id, "deleted " + random_uuid(), now);
}

void set_repository_description(db::Tx& tx, std::int64_t repository_id, const std::string& description) {
  static const db::Query kSet{"repository.describe", "UPDATE repository SET description = $2 WHERE id = $1"};
  tx.run(kSet, repository_id, description);
}

void set_repository_visibility(db::Tx& tx, std::int64_t repository_id, Visibility visibility) {
  static const db::Query kSet{"repository.show", "UPDATE repository SET visibility = $2 WHERE id = $1"};
  tx.run(kSet, repository_id, visibility);
}

}  // namespace wharf::store
