#include "store/retirement.h"

#include "base/random.h"
#include "store/invitation.h"

namespace wharf::store {
namespace {

/// What a person has beside their namespace: what they may, what they were given, and whatever acts in their name.
void drop_person(db::Tx& tx, std::int64_t account_id) {
  static constexpr db::Query kDrops[] = {
      {"retirement.drop_memberships", "DELETE FROM team_member WHERE account_id = $1"},
      {"retirement.drop_invitations", "DELETE FROM team_invite WHERE account_id = $1"},
      {"retirement.drop_permissions", "DELETE FROM repository_permission WHERE account_id = $1"},
      {"retirement.drop_prototypes",
       "DELETE FROM prototype WHERE activating_account_id = $1 OR delegate_account_id = $1"},
      {"retirement.drop_stars", "DELETE FROM star WHERE account_id = $1"},
      {"retirement.drop_oauth_tokens", "DELETE FROM oauth_token WHERE account_id = $1"},
      {"retirement.drop_oauth_codes", "DELETE FROM oauth_code WHERE account_id = $1"},
      {"retirement.drop_oauth_assignments", "DELETE FROM oauth_assignment WHERE account_id = $1"},
      {"retirement.drop_app_tokens", "DELETE FROM app_token WHERE account_id = $1"},
      {"retirement.drop_email_codes", "DELETE FROM email_code WHERE account_id = $1"},
      {"retirement.drop_notifications", "DELETE FROM user_notification WHERE target_id = $1"},
  };
  for (const auto& query : kDrops) tx.run(query, account_id);
}

}  // namespace

void retire_account(db::Tx& tx, const Account& account, Millis now) {
  static const db::Query kPermissions{"retirement.delete_permissions", R"(
    DELETE FROM repository_permission
     WHERE repository_id IN (SELECT id FROM repository WHERE namespace_id = $1))"};
  static const db::Query kStars{"retirement.delete_stars", R"(
    DELETE FROM star WHERE repository_id IN (SELECT id FROM repository WHERE namespace_id = $1))"};
  // A space cannot stand in a repository's name: nobody can ask for these.
  static const db::Query kRepositories{"retirement.delete_repositories", R"(
    UPDATE repository SET name = 'deleted ' || badge_token || CAST(id AS TEXT), deleted_ms = $2, visibility = 'private',
                          description = ''
     WHERE namespace_id = $1 AND deleted_ms IS NULL)"};
  static const db::Query kTeams{"retirement.delete_teams", "DELETE FROM team WHERE organization_id = $1"};
  static const db::Query kApplications{"retirement.delete_applications",
                                       "DELETE FROM oauth_application WHERE organization_id = $1"};
  static const db::Query kPrototypes{"retirement.delete_prototypes",
                                     "DELETE FROM prototype WHERE organization_id = $1"};
  static const db::Query kRobots{"retirement.delete_robots",
                                 "DELETE FROM account WHERE owner_id = $1 AND kind = 'robot'"};
  static const db::Query kReserve{"retirement.reserve_name",
                                  "INSERT INTO reserved_name (name, account_id) VALUES ($1, $2)"};
  static const db::Query kRename{"retirement.retire", R"(
    UPDATE account SET name = uuid, email = NULL, contact_email = NULL, verified = FALSE, superuser = FALSE,
                       password_hash = NULL, given_name = NULL, family_name = NULL, company = NULL, location = NULL,
                       prompts = '', invoice_email = FALSE, invoice_email_address = NULL, enabled = FALSE,
                       deleted_ms = $2
     WHERE id = $1)"};
  drop_person(tx, account.id);
  tx.run(kPermissions, account.id);
  tx.run(kStars, account.id);
  tx.run(kRepositories, account.id, now);
  delete_invitations_into_organization(tx, account.id);
  tx.run(kTeams, account.id);
  tx.run(kApplications, account.id);
  tx.run(kPrototypes, account.id);
  tx.run(kRobots, account.id);
  tx.run(kReserve, account.name, account.id);
  tx.run(kRename, account.id, now);
}

void turn_into_organization(db::Tx& tx, const Account& user) {
  static const db::Query kTurn{"retirement.turn_into_organization", R"(
    UPDATE account SET kind = 'organization', uuid = $2, contact_email = email, email = NULL, verified = FALSE,
                       superuser = FALSE, password_hash = NULL, failed_logins = 0, last_failed_login_ms = 0,
                       given_name = NULL, family_name = NULL, company = NULL, location = NULL, prompts = ''
     WHERE id = $1 AND kind = 'user')"};
  drop_person(tx, user.id);
  tx.run(kTurn, user.id, random_uuid());
}

}  // namespace wharf::store
