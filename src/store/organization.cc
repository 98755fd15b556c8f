#include "store/organization.h"

#include "store/invitation.h"

namespace wharf::store {

std::vector<OrganizationMemberRow> list_organization_members(db::Tx& tx, std::int64_t organization_id) {
  static const db::Query kList{"organization.members", R"(
    SELECT a.name, a.email, t.name, ''
      FROM team t JOIN team_member m ON m.team_id = t.id JOIN account a ON a.id = m.account_id
     WHERE t.organization_id = $1 AND a.kind = 'user'
    UNION ALL
    SELECT a.name, a.email, '', r.name
      FROM repository r JOIN repository_permission p ON p.repository_id = r.id JOIN account a ON a.id = p.account_id
     WHERE r.namespace_id = $1 AND r.deleted_ms IS NULL AND a.kind = 'user'
       AND EXISTS (SELECT 1 FROM team t JOIN team_member m ON m.team_id = t.id
                    WHERE t.organization_id = $1 AND m.account_id = a.id)
    ORDER BY 1, 3, 4)"};
  return tx.all<OrganizationMemberRow>(kList, organization_id);
}

std::vector<std::int64_t> list_organization_users(db::Tx& tx, std::int64_t organization_id, std::int64_t limit) {
  static const db::Query kList{"organization.users", R"(
    SELECT DISTINCT a.id FROM team t JOIN team_member m ON m.team_id = t.id JOIN account a ON a.id = m.account_id
     WHERE t.organization_id = $1 AND a.kind = 'user' ORDER BY a.id LIMIT $2)"};
  return tx.all<std::int64_t>(kList, organization_id, limit);
}

std::vector<OrganizationMemberRow> list_collaborators(db::Tx& tx, std::int64_t organization_id) {
  static const db::Query kList{"organization.collaborators", R"(
    SELECT a.name, a.email, '', r.name
      FROM repository r JOIN repository_permission p ON p.repository_id = r.id JOIN account a ON a.id = p.account_id
     WHERE r.namespace_id = $1 AND r.deleted_ms IS NULL AND a.kind = 'user'
       AND NOT EXISTS (SELECT 1 FROM team t JOIN team_member m ON m.team_id = t.id
                        WHERE t.organization_id = $1 AND m.account_id = a.id)
    ORDER BY a.name, r.name)"};
  return tx.all<OrganizationMemberRow>(kList, organization_id);
}

std::vector<std::string> list_teams_of(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id) {
  static const db::Query kList{"organization.teams_of", R"(
    SELECT t.name FROM team_member m JOIN team t ON t.id = m.team_id
     WHERE m.account_id = $2 AND t.organization_id = $1 ORDER BY t.name)"};
  return tx.all<std::string>(kList, organization_id, account_id);
}

std::vector<std::string> list_repositories_of(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id) {
  static const db::Query kList{"organization.repositories_of", R"(
    SELECT r.name FROM repository_permission p JOIN repository r ON r.id = p.repository_id
     WHERE p.account_id = $2 AND r.namespace_id = $1 AND r.deleted_ms IS NULL ORDER BY r.name)"};
  return tx.all<std::string>(kList, organization_id, account_id);
}

void remove_from_organization(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id) {
  static const db::Query kTeams{"organization.remove_from_teams", R"(
    DELETE FROM team_member
     WHERE account_id = $2 AND team_id IN (SELECT id FROM team WHERE organization_id = $1))"};
  static const db::Query kRepositories{"organization.remove_permissions", R"(
    DELETE FROM repository_permission
     WHERE account_id = $2 AND repository_id IN (SELECT id FROM repository WHERE namespace_id = $1))"};
  tx.run(kTeams, organization_id, account_id);
  tx.run(kRepositories, organization_id, account_id);
  delete_invitations_of(tx, organization_id, account_id);
}

void update_organization(db::Tx& tx, std::int64_t organization_id, const OrganizationDetails& details) {
  static const db::Query kUpdate{"organization.update", R"(
    UPDATE account SET contact_email = $2, invoice_email = $3, invoice_email_address = $4, tag_expiration_s = $5
     WHERE id = $1)"};
  tx.run(kUpdate, organization_id, details.contact_email, details.invoice_email, details.invoice_email_address,
         details.tag_expiration_s);
}

}  // namespace wharf::store
