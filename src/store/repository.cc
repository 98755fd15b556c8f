#include "store/repository.h"

#include "base/random.h"
#include "store/access.h"
#include "store/prototype.h"
#include "store/repository_columns.h"

namespace wharf::store {

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

void set_repository_state(db::Tx& tx, std::int64_t repository_id, const std::string& state) {
  static const db::Query kSet{"repository.set_state", "UPDATE repository SET state = $2 WHERE id = $1"};
  tx.run(kSet, repository_id, state);
}

}  // namespace wharf::store
