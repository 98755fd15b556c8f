#pragma once
#include <string>

#include "service/team.h"
#include "service/tools.h"
#include "store/account.h"

namespace wharf::service {

/// What a user who accepts an invitation gets into.
struct AcceptedInvitation {
  std::string org;
  std::string team;
};
BOOST_DESCRIBE_STRUCT(AcceptedInvitation, (), (org, team))

/// Who comes into teams: at once, or by an invitation that they accept.
///
/// With mail on and FEATURE_REQUIRE_TEAM_INVITE a user who is in no team of the organization is invited first; robots
/// never are. The code of an invitation is "urn:teaminvite:<uuid>"; it is told to the user alone, and to an address by
/// mail alone: the database has its hash. Inviting again gives a new code and makes the old one void.
/// Source: Quay, "Teams".
class InvitationService {
 public:
  explicit InvitationService(const Tools& tools) : tools_(tools) {}

  /// Puts a user, or a robot of this organization, into the team, or invites them. `base_url` is for the mail's link.
  /// Errors: denied; not_found for the team; invalid_request for an unknown or foreign name, and for one who is in it.
  awaitable<Result<TeamMemberView>> add_member(auth::Principal who, std::string organization, std::string team,
                                               std::string member, std::string base_url);
  /// Invites whoever reads the mail of `email`. Errors: denied; not_found for the team; invalid_request.
  awaitable<Result<TeamMemberView>> invite_email(auth::Principal who, std::string organization, std::string team,
                                                 std::string email, std::string base_url);
  /// Errors: denied; not_found for the team and for an address that is not invited.
  awaitable<Result<bool>> withdraw_email(auth::Principal who, std::string organization, std::string team,
                                         std::string email);

  /// Puts the caller into the team, and into all others of the organization that they are invited into.
  /// Errors: denied without user:admin; invalid_request for a code that is not, or no longer, known or for another
  /// user, and for an invitation by mail while the caller's own address is not verified.
  awaitable<Result<AcceptedInvitation>> accept(auth::Principal who, std::string code);
  /// Errors: as above.
  awaitable<Result<bool>> decline(auth::Principal who, std::string code);

 private:
  void invite(db::Tx& tx, const auth::Principal& who, const store::Team& team, const std::string& organization,
              const std::optional<store::Account>& user, const std::string& email, const std::string& base_url) const;

  const Tools tools_;
};

}  // namespace wharf::service
