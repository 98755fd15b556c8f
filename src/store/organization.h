#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "store/account.h"

/// Organizations: their details and the people who have to do with them.
namespace wharf::store {

/// A person with something in an organization: one row a team, then one row a repository given by name.
struct OrganizationMemberRow {
  std::string name;
  std::optional<std::string> email;
  std::string team;        ///< "" in a row about a repository.
  std::string repository;  ///< "" in a row about a team.
};
BOOST_DESCRIBE_STRUCT(OrganizationMemberRow, (), (name, email, team, repository))

/// The people (no robots) who are in a team of the organization, by name; their repositories only with a team.
std::vector<OrganizationMemberRow> list_organization_members(db::Tx& tx, std::int64_t organization_id);
/// The users in its teams, each once, at most `limit`.
std::vector<std::int64_t> list_organization_users(db::Tx& tx, std::int64_t organization_id, std::int64_t limit);
/// The people (no robots) with a role by name on a repository of the organization who are in none of its teams, by
/// name; one row a repository.
std::vector<OrganizationMemberRow> list_collaborators(db::Tx& tx, std::int64_t organization_id);

/// The teams of the organization that `account_id` is in, and the repositories where they have a role by name.
std::vector<std::string> list_teams_of(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id);
std::vector<std::string> list_repositories_of(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id);
/// Takes `account_id` out of every team of the organization, and their roles by name and invitations with it.
void remove_from_organization(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id);

/// What of an organization's row can be changed; all of it is written.
struct OrganizationDetails {
  std::optional<std::string> contact_email;
  bool invoice_email = false;
  std::optional<std::string> invoice_email_address;
  std::int64_t tag_expiration_s = 0;
};
void update_organization(db::Tx& tx, std::int64_t organization_id, const OrganizationDetails& details);

}  // namespace wharf::store
