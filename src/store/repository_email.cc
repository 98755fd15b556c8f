#include "store/repository_email.h"

namespace wharf::store {
namespace {

struct Named {
  std::int64_t id = 0;
  std::string ns, name;
};
BOOST_DESCRIBE_STRUCT(Named, (), (id, ns, name))

}  // namespace

std::optional<RepositoryEmail> find_repository_email(db::Tx& tx, std::int64_t repository_id, std::string_view email) {
  static const db::Query kFind{
      "repository_email.find",
      "SELECT id, confirmed, created_ms FROM repository_email WHERE repository_id = $1 AND email = $2"};
  return tx.one<RepositoryEmail>(kFind, repository_id, email);
}

std::int64_t count_repository_emails(db::Tx& tx, std::int64_t repository_id) {
  static const db::Query kCount{"repository_email.count",
                                "SELECT COUNT(*) FROM repository_email WHERE repository_id = $1"};
  return tx.get<std::int64_t>(kCount, repository_id);
}

void put_repository_email(db::Tx& tx, std::int64_t repository_id, std::string_view email, std::string_view code_hash,
                          Millis now) {
  static const db::Query kPut{"repository_email.put", R"(
    INSERT INTO repository_email (repository_id, email, code_hash, created_ms) VALUES ($1, $2, $3, $4)
    ON CONFLICT (repository_id, email) DO UPDATE SET code_hash = excluded.code_hash, created_ms = excluded.created_ms
     WHERE NOT repository_email.confirmed)"};
  tx.run(kPut, repository_id, email, code_hash, now);
}

std::optional<RepoName> confirm_repository_email(db::Tx& tx, std::string_view code_hash) {
  static const db::Query kFind{"repository_email.by_code", R"(
    SELECT e.id, a.name, r.name FROM repository_email e JOIN repository r ON r.id = e.repository_id
      JOIN account a ON a.id = r.namespace_id WHERE e.code_hash = $1 AND r.deleted_ms IS NULL)"};
  static const db::Query kConfirm{"repository_email.confirm",
                                  "UPDATE repository_email SET confirmed = TRUE WHERE id = $1"};
  auto found = tx.one<Named>(kFind, code_hash);
  if (!found) return std::nullopt;
  tx.run(kConfirm, found->id);
  return RepoName{std::move(found->ns), std::move(found->name)};
}

}  // namespace wharf::store
