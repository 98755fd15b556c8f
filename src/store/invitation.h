#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// Invitations into teams: of a user, or of whoever reads the mail of an address.
namespace wharf::store {

struct Invitation {
  std::int64_t id = 0;
  std::int64_t team_id = 0;
  std::int64_t organization_id = 0;
  std::string team;
  std::string organization;
  std::optional<std::int64_t> account_id;  ///< Who is invited; or
  std::optional<std::string> email;        ///< the address that the invitation was sent to, in lower case.
  std::optional<std::string> inviter;      ///< None: there is no such user any more.
};
BOOST_DESCRIBE_STRUCT(Invitation, (), (id, team_id, organization_id, team, organization, account_id, email, inviter))

/// One that nobody has answered yet, as the team's admins see it.
struct PendingInvitation {
  std::optional<std::string> name;   ///< Of the user; none where an address was invited.
  std::optional<std::string> email;  ///< The address that was invited, or that of the user.
};
BOOST_DESCRIBE_STRUCT(PendingInvitation, (), (name, email))

struct NewInvitation {
  std::string code_hash;
  std::int64_t team_id = 0;
  std::optional<std::int64_t> account_id{};
  std::optional<std::string> email{};
  std::int64_t inviter_id = 0;
};
/// Answers its id. Throws ConstraintViolation when there is one of this user, or address, into the team.
std::int64_t insert_invitation(db::Tx& tx, const NewInvitation& wanted, Millis now);
std::optional<Invitation> find_invitation(db::Tx& tx, std::string_view code_hash);
/// Those into teams of the organization for this user, or for their address (`email`, which may be none).
std::vector<Invitation> list_invitations_of(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id,
                                            const std::optional<std::string>& email);
/// Of one team: users by name, then addresses.
std::vector<PendingInvitation> list_pending_invitations(db::Tx& tx, std::int64_t team_id);

/// The id of the invitation of this user, or this address, into the team.
std::optional<std::int64_t> find_invitation_of(db::Tx& tx, std::int64_t team_id, std::int64_t account_id);
std::optional<std::int64_t> find_invitation_of(db::Tx& tx, std::int64_t team_id, std::string_view email);

/// The kind of the notification that tells a user of an invitation; its lookup is the invitation's id in decimal. It is
/// taken back with the invitation.
inline constexpr std::string_view kInvitationNotification = "org_team_invite";
void delete_invitation(db::Tx& tx, std::int64_t invitation_id);
void delete_invitations_into_team(db::Tx& tx, std::int64_t team_id);
void delete_invitations_into_organization(db::Tx& tx, std::int64_t organization_id);
/// Of one user into teams of one organization.
void delete_invitations_of(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id);

}  // namespace wharf::store
