#include "service/invitation.h"

#include "auth/access.h"
#include "base/digest.h"
#include "base/names.h"
#include "base/random.h"
#include "service/audit.h"
#include "service/conflict.h"
#include "service/mail.h"
#include "service/user_notification.h"
#include "store/account.h"
#include "store/invitation.h"

namespace wharf::service {
namespace {

constexpr std::string_view kCodePrefix = "urn:teaminvite:";

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }

std::string hash_of(std::string_view code) { return std::string(Digest::of(code).hex()); }

/// The invitation with this code if `account` may answer it, with the organization's teams held still.
Result<store::Invitation> lock_to_answer(db::Tx& tx, const store::Account& account, const std::string& code) {
  const auto unknown = invalid("There is no such invitation, or it was answered already");
  const auto hash = hash_of(code);
  const auto before = store::find_invitation(tx, hash);
  if (!before) return unknown;
  store::lock_organization(tx, before->organization_id);
  const auto invitation = store::find_invitation(tx, hash);
  if (!invitation) return unknown;
  if (invitation->account_id && *invitation->account_id != account.id) {
    return invalid("This invitation is for another user. Sign in as that user and try again.");
  }
  if (!invitation->account_id && !account.verified) {
    return invalid("Verify the e-mail address of your account before you answer an invitation");
  }
  return *invitation;
}

json::Object answer_metadata(const store::Invitation& invitation, const std::string& member) {
  return {{"member", member}, {"team", invitation.team}, {"inviter", invitation.inviter.value_or("")}};
}

}  // namespace

void InvitationService::invite(db::Tx& tx, const auth::Principal& who, const store::Team& team,
                               const std::string& organization, const std::optional<store::Account>& user,
                               const std::string& email, const std::string& base_url) const {
  const auto old =
      user ? store::find_invitation_of(tx, team.id, user->id) : store::find_invitation_of(tx, team.id, email);
  if (old) store::delete_invitation(tx, *old);
  const auto code = std::string(kCodePrefix) + random_uuid();
  store::NewInvitation wanted{.code_hash = hash_of(code), .team_id = team.id, .inviter_id = who.account_id};
  if (user) {
    wanted.account_id = user->id;
  } else {
    wanted.email = email;
  }
  const auto id = store::insert_invitation(tx, wanted, now_ms());
  if (user) {
    // To this user the code is no secret: it is good for nobody else.
    notify_user(tx, user->id, store::kInvitationNotification,
                {{"code", code}, {"inviter", who.name}, {"org", organization}, {"team", team.name}},
                std::to_string(id));
  }
  const letter::TeamInvitation letter{.username = user ? user->name : "",
                                      .inviter = who.name,
                                      .organization = organization,
                                      .team = team.name,
                                      .code = code};
  tools_.mails.queue(tx, email, letter, base_url);
  const auto& name = user ? user->name : email;
  audit(tx, who, "org_invite_team_member", {.namespace_id = team.organization_id},
        {{user ? "user" : "email", name}, {"member", name}, {"team", team.name}});
}

awaitable<Result<TeamMemberView>> InvitationService::add_member(auth::Principal who, std::string organization,
                                                                std::string team, std::string member,
                                                                std::string base_url) {
  auto job = [=, this](db::Tx& tx) -> Result<TeamMemberView> {
    const auto row = lock_team_to_change(tx, who, organization, team);
    if (!row) return row.error();
    const bool possible = is_namespace_segment(member) || RobotName::parse(member);
    const auto account = possible ? store::find_account(tx, member) : std::nullopt;
    if (!account || account->kind == store::AccountKind::organization) return invalid("Unknown user: " + member);
    const bool is_robot = account->kind == store::AccountKind::robot;
    if (is_robot && account->owner_id != row->organization_id) {
      return invalid("The robot " + member + " is not of the organization " + organization);
    }
    const auto& features = tools_.settings.features;
    if (!is_robot && features.mailing && features.require_team_invite &&
        !store::is_organization_member(tx, row->organization_id, account->id)) {
      invite(tx, who, *row, organization, account, account->email.value_or(""), base_url);
      return member_view(account->name, account->email, false, true);
    }
    if (!store::add_team_member(tx, row->id, account->id)) {
      return invalid("User '" + member + "' is already a member of team '" + team + "'");
    }
    if (const auto open = store::find_invitation_of(tx, row->id, account->id)) store::delete_invitation(tx, *open);
    audit(tx, who, "org_add_team_member", {.namespace_id = row->organization_id}, {{"member", member}, {"team", team}});
    return member_view(account->name, account->email, is_robot);
  };
  co_return co_await write_or(tools_.db, std::move(job), invalid("Unknown user: " + member));
}

awaitable<Result<TeamMemberView>> InvitationService::invite_email(auth::Principal who, std::string organization,
                                                                  std::string team, std::string email,
                                                                  std::string base_url) {
  email = lower_ascii(std::move(email));
  auto job = [=, this](db::Tx& tx) -> Result<TeamMemberView> {
    const auto row = lock_team_to_change(tx, who, organization, team);
    if (!row) return row.error();
    if (!is_email(email)) return invalid("Invalid email address");
    invite(tx, who, *row, organization, std::nullopt, email, base_url);
    return invite_view(email);
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> InvitationService::withdraw_email(auth::Principal who, std::string organization,
                                                          std::string team, std::string email) {
  email = lower_ascii(std::move(email));
  auto job = [=](db::Tx& tx) -> Result<bool> {
    const auto row = lock_team_to_change(tx, who, organization, team);
    if (!row) return row.error();
    const auto invitation = is_email(email) ? store::find_invitation_of(tx, row->id, email) : std::nullopt;
    if (!invitation) return Error{Errc::not_found, "Not Found"};
    store::delete_invitation(tx, *invitation);
    audit(tx, who, "org_delete_team_member_invite", {.namespace_id = row->organization_id},
          {{"email", email}, {"member", email}, {"team", team}});
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<AcceptedInvitation>> InvitationService::accept(auth::Principal who, std::string code) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  auto job = [=](db::Tx& tx) -> Result<AcceptedInvitation> {
    const auto account = store::find_account(tx, who.account_id);
    if (!account) return auth::refusal(who);
    const auto found = lock_to_answer(tx, *account, code);
    if (!found) return found.error();
    const auto join = [&](const store::Invitation& invitation) {
      store::add_team_member(tx, invitation.team_id, account->id);
      store::delete_invitation(tx, invitation.id);
      audit(tx, who, "org_team_member_invite_accepted", {.namespace_id = invitation.organization_id},
            answer_metadata(invitation, account->name));
    };
    join(*found);
    const auto address = account->verified ? account->email : std::nullopt;
    for (const auto& other : store::list_invitations_of(tx, found->organization_id, account->id, address)) join(other);
    return AcceptedInvitation{.org = found->organization, .team = found->team};
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> InvitationService::decline(auth::Principal who, std::string code) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  auto job = [=](db::Tx& tx) -> Result<bool> {
    const auto account = store::find_account(tx, who.account_id);
    if (!account) return auth::refusal(who);
    const auto found = lock_to_answer(tx, *account, code);
    if (!found) return found.error();
    store::delete_invitation(tx, found->id);
    audit(tx, who, "org_team_member_invite_declined", {.namespace_id = found->organization_id},
          answer_metadata(*found, account->name));
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

}  // namespace wharf::service
