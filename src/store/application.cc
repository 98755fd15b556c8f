#include "store/application.h"

namespace wharf::store {
namespace {

#define WHARF_APPLICATION_COLUMNS                                                                           \
  "SELECT p.id, p.organization_id, p.client_id, p.name, p.description, p.application_uri, p.redirect_uri, " \
  "       p.avatar_email, p.sealed_secret FROM oauth_application p "

}  // namespace

std::int64_t insert_application(db::Tx& tx, const NewApplication& wanted, Millis now) {
  static const db::Query kInsert{"application.insert", R"(
    INSERT INTO oauth_application (organization_id, client_id, name, description, application_uri, redirect_uri,
                                   avatar_email, sealed_secret, created_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id)"};
  return tx.get<std::int64_t>(kInsert, wanted.namespace_id, wanted.client_id, wanted.name, wanted.description,
                              wanted.application_uri, wanted.redirect_uri, wanted.avatar_email, wanted.sealed_secret,
                              now);
}

std::optional<std::int64_t> find_application(db::Tx& tx, std::int64_t namespace_id, std::string_view name) {
  static const db::Query kFind{"application.find",
                               "SELECT min(id) FROM oauth_application WHERE organization_id = $1 AND name = $2"};
  return tx.get<std::optional<std::int64_t>>(kFind, namespace_id, name);
}

std::optional<Application> find_application_by_client(db::Tx& tx, std::string_view client_id) {
  static const db::Query kFind{"application.find_by_client", WHARF_APPLICATION_COLUMNS
                               "JOIN account a ON a.id = p.organization_id "
                               "WHERE p.client_id = $1 AND a.kind = 'organization' AND a.deleted_ms IS NULL"};
  if (!db::is_storable_text(client_id)) return std::nullopt;
  return tx.one<Application>(kFind, client_id);
}

std::vector<Application> list_applications(db::Tx& tx, std::int64_t organization_id) {
  static const db::Query kList{"application.list",
                               WHARF_APPLICATION_COLUMNS "WHERE p.organization_id = $1 ORDER BY p.id"};
  return tx.all<Application>(kList, organization_id);
}

void update_application(db::Tx& tx, const Application& application) {
  static const db::Query kUpdate{"application.update", R"(
    UPDATE oauth_application
       SET name = $2, description = $3, application_uri = $4, redirect_uri = $5, avatar_email = $6
     WHERE id = $1)"};
  tx.run(kUpdate, application.id, application.name, application.description, application.application_uri,
         application.redirect_uri, application.avatar_email);
}

void set_application_secret(db::Tx& tx, std::int64_t application_id, const std::string& sealed_secret) {
  static const db::Query kSet{"application.set_secret",
                              "UPDATE oauth_application SET sealed_secret = $2 WHERE id = $1"};
  tx.run(kSet, application_id, sealed_secret);
}

void delete_application(db::Tx& tx, std::int64_t application_id) {
  static const db::Query kDelete{"application.delete", "DELETE FROM oauth_application WHERE id = $1"};
  tx.run(kDelete, application_id);
}

}  // namespace wharf::store
