#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/access.h"
#include "auth/principal.h"
#include "base/json.h"
#include "db/database.h"
#include "service/avatar.h"
#include "service/roles.h"
#include "service/settings.h"

namespace wharf::service {

struct OrganizationTeam {
  std::string name;
  std::string description;
  TeamRole role = TeamRole::member;
  Avatar avatar;
  bool can_view = false;  ///< An admin, or in the team.
  std::int64_t repo_count = 0;
  std::int64_t member_count = 0;
  bool is_synced = false;
};
BOOST_DESCRIBE_STRUCT(OrganizationTeam, (),
                      (name, description, role, avatar, can_view, repo_count, member_count, is_synced))

/// Source: Quay, "Organizations", GET.
struct OrganizationView {
  std::string name;
  std::string email;  ///< "" to all but admins.
  Avatar avatar;
  bool is_admin = false;
  bool is_member = false;
  // To members.
  std::optional<std::map<std::string, OrganizationTeam>> teams;
  std::optional<std::vector<std::string>> ordered_teams;  ///< Oldest first.
  // To admins.
  std::optional<bool> invoice_email;
  std::optional<json::Nullable<std::string>> invoice_email_address;
  std::optional<std::int64_t> tag_expiration_s;
  std::optional<bool> is_free_account;
};
BOOST_DESCRIBE_STRUCT(OrganizationView, (),
                      (name, email, avatar, is_admin, is_member, teams, ordered_teams, invoice_email,
                       invoice_email_address, tag_expiration_s, is_free_account))

struct OrganizationMemberTeam {
  std::string name;
  Avatar avatar;
};
BOOST_DESCRIBE_STRUCT(OrganizationMemberTeam, (), (name, avatar))

struct OrganizationMember {
  std::string name;
  std::string kind;
  Avatar avatar;
  std::vector<OrganizationMemberTeam> teams;
  std::vector<std::string> repositories;  ///< Where they have a role by name.
};
BOOST_DESCRIBE_STRUCT(OrganizationMember, (), (name, kind, avatar, teams, repositories))

struct OrganizationMembers {
  std::vector<OrganizationMember> members;
};
BOOST_DESCRIBE_STRUCT(OrganizationMembers, (), (members))

/// A person with roles by name on repositories, who is in no team.
struct Collaborator {
  std::string name;
  std::string kind;
  Avatar avatar;
  std::vector<std::string> repositories;
};
BOOST_DESCRIBE_STRUCT(Collaborator, (), (name, kind, avatar, repositories))

struct Collaborators {
  std::vector<Collaborator> collaborators;
};
BOOST_DESCRIBE_STRUCT(Collaborators, (), (collaborators))

/// What is to be changed of an organization; what is not there stays as it is.
struct OrganizationChange {
  std::optional<std::string> email;  ///< "" for none any more.
  std::optional<bool> invoice_email;
  std::optional<json::Nullable<std::string>> invoice_email_address;
  std::optional<std::int64_t> tag_expiration_s;  ///< Passed over unless FEATURE_CHANGE_TAG_EXPIRATION.
};

struct NewOrganization {
  std::string name;  ///< A name that an account may have.
  std::optional<std::string> email{};
};

/// Organizations: made by users, seen by all, administered by the members of teams with the role admin.
class OrganizationService {
 public:
  /// Both references outlive the service.
  OrganizationService(db::Database& database, const Settings& settings) : db_(database), settings_(settings) {}

  /// Makes the organization with the caller in a team `owners`. Errors: denied without user:admin, to restricted users
  /// and, with FEATURE_SUPERUSERS_ORG_CREATION_ONLY, to all but superusers; then those of `asked`; invalid_request for
  /// a name that is taken or wrong, and for an address that is wrong or a user's (unless FEATURE_ORG_SHARED_EMAIL).
  awaitable<Result<bool>> create(auth::Principal who, Result<NewOrganization> asked);

  /// What the caller may see of it. Errors: not_found; unauthenticated for the anonymous where they may see
  /// nothing at all.
  awaitable<Result<OrganizationView>> view(auth::Principal who, std::string name);

  /// Changes its details and shows it. Errors: denied, not_found; invalid_request for an address as above, or a
  /// tag_expiration_s that is not among TAG_EXPIRATION_OPTIONS.
  awaitable<Result<OrganizationView>> change(auth::Principal who, std::string name, OrganizationChange wanted);

  /// Deletes it with all that is in it; its name stays taken until the content is purged.
  /// Errors: denied, not_found.
  awaitable<Result<bool>> remove(auth::Principal who, std::string name);

  /// The people in its teams, to admins. Errors: denied, not_found.
  awaitable<Result<OrganizationMembers>> members(auth::Principal who, std::string name);
  /// One of them, or a robot in a team, or any robot of the organization. Errors: denied, not_found.
  awaitable<Result<OrganizationMember>> member(auth::Principal who, std::string name, std::string member);
  /// Takes a user out of every team, and the roles they have by name with it.
  /// Errors: denied; not_found for who is no user; invalid_request for the only admin.
  awaitable<Result<bool>> remove_member(auth::Principal who, std::string name, std::string member);
  /// People with a role by name on a repository who are in no team, to admins. Errors: denied, not_found.
  awaitable<Result<Collaborators>> collaborators(auth::Principal who, std::string name);

 private:
  db::Database& db_;
  const Settings& settings_;
};

/// The organization as `access`, which is of `who`, lets it be seen. Errors: not_found.
Result<OrganizationView> organization_view(db::Tx& tx, const auth::Principal& who, const auth::Access& access);

/// Makes the organization with `who`, a user, in a team `owners`, and logs it. Whether they may is the caller's to ask.
/// Answers false when somebody has the name.
bool make_organization(db::Tx& tx, const auth::Principal& who, const NewOrganization& wanted, const Settings& settings);

/// The access of `who` to the organization `name` if they administer it (or only `looking`, see
/// auth::require_namespace_admin); not_found for a user's namespace.
Result<auth::Access> require_organization_admin(db::Tx& tx, const auth::Principal& who, const std::string& name,
                                                bool looking = false);

/// The same for a change of its teams, with them held still for the rest of the transaction.
Result<auth::Access> lock_organization_to_change(db::Tx& tx, const auth::Principal& who, const std::string& name);

}  // namespace wharf::service
