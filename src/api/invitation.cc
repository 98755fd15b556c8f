#include "api/invitation.h"

#include "service/invitation.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct InvitePath {
  std::string orgname;
  std::string teamname;
  std::string email;
};
BOOST_DESCRIBE_STRUCT(InvitePath, (), (orgname, teamname, email))

awaitable<Result<service::TeamMemberView>> invite_email(Call& call, InvitePath in) {
  co_return co_await call.services.invitations.invite_email(call.who, std::move(in.orgname), std::move(in.teamname),
                                                            std::move(in.email), call.base_url);
}

awaitable<Result<http::Nothing>> withdraw_email(Call& call, InvitePath in) {
  auto done = co_await call.services.invitations.withdraw_email(call.who, std::move(in.orgname), std::move(in.teamname),
                                                                std::move(in.email));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

struct InviteCode {
  std::string code;
};
BOOST_DESCRIBE_STRUCT(InviteCode, (), (code))

awaitable<Result<service::AcceptedInvitation>> accept(Call& call, InviteCode in) {
  co_return co_await call.services.invitations.accept(call.who, std::move(in.code));
}

awaitable<Result<http::Nothing>> decline(Call& call, InviteCode in) {
  auto done = co_await call.services.invitations.decline(call.who, std::move(in.code));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

constexpr std::string_view kEmail = "/api/v1/organization/{orgname}/team/{teamname}/invite/{email}";
constexpr std::string_view kCode = "/api/v1/teaminvite/{code}";

}  // namespace

void add_invitation_operations(service::OperationTable& table) {
  table.add({.id = "inviteTeamMemberEmail",
             .verb = Verb::put,
             .path = kEmail,
             .scope = Scope::org_admin,
             .summary = "Invites whoever reads the mail of an address into a team.",
             .tag = "Teams",
             .errors = {400, 401, 403, 404},
             .features = {"MAILING"}},
            invite_email);
  table.add({.id = "deleteTeamMemberEmailInvite",
             .verb = Verb::delete_,
             .path = kEmail,
             .scope = Scope::org_admin,
             .summary = "Takes the invitation of an address back.",
             .tag = "Teams",
             .status = 204,
             .errors = {401, 403, 404},
             .features = {"MAILING"}},
            withdraw_email);
  table.add({.id = "acceptOrganizationTeamInvite",
             .verb = Verb::put,
             .path = kCode,
             .scope = Scope::user_admin,
             .summary = "Accepts an invitation, and all others into teams of that organization.",
             .tag = "Teams",
             .errors = {400, 401, 403},
             .features = {"MAILING"}},
            accept);
  table.add({.id = "declineOrganizationTeamInvite",
             .verb = Verb::delete_,
             .path = kCode,
             .scope = Scope::user_admin,
             .summary = "Declines an invitation.",
             .tag = "Teams",
             .status = 204,
             .errors = {400, 401, 403},
             .features = {"MAILING"}},
            decline);
}

}  // namespace wharf::api
