#include "store/invitation.h"

namespace wharf::store {
namespace {

#define WHARF_INVITATION_COLUMNS                                                              \
  "SELECT i.id, i.team_id, t.organization_id, t.name, o.name, i.account_id, i.email, "        \
  "       (SELECT a.name FROM account a WHERE a.id = i.inviter_id AND a.deleted_ms IS NULL) " \
  "  FROM team_invite i JOIN team t ON t.id = i.team_id JOIN account o ON o.id = t.organization_id "

}  // namespace

std::int64_t insert_invitation(db::Tx& tx, const NewInvitation& wanted, Millis now) {
  static const db::Query kInsert{"invitation.insert", R"(
    INSERT INTO team_invite (code, team_id, account_id, email, inviter_id, created_ms) VALUES ($1, $2, $3, $4, $5, $6)
    RETURNING id)"};
  return tx.get<std::int64_t>(kInsert, wanted.code_hash, wanted.team_id, wanted.account_id, wanted.email,
                              wanted.inviter_id, now);
}

std::optional<Invitation> find_invitation(db::Tx& tx, std::string_view code_hash) {
  static const db::Query kFind{"invitation.find", WHARF_INVITATION_COLUMNS "WHERE i.code = $1"};
  return tx.one<Invitation>(kFind, code_hash);
}

std::vector<Invitation> list_invitations_of(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id,
                                            const std::optional<std::string>& email) {
  static const db::Query kList{"invitation.list_of", WHARF_INVITATION_COLUMNS
                               "WHERE t.organization_id = $1 AND (i.account_id = $2 OR i.email = $3) ORDER BY i.id"};
  return tx.all<Invitation>(kList, organization_id, account_id, email);
}

std::vector<PendingInvitation> list_pending_invitations(db::Tx& tx, std::int64_t team_id) {
  static const db::Query kList{"invitation.pending", R"(
    SELECT a.name, COALESCE(i.email, a.email)
      FROM team_invite i LEFT JOIN account a ON a.id = i.account_id
     WHERE i.team_id = $1 AND (i.account_id IS NULL OR a.deleted_ms IS NULL)
     ORDER BY a.name IS NULL, a.name, i.email)"};
  return tx.all<PendingInvitation>(kList, team_id);
}

std::optional<std::int64_t> find_invitation_of(db::Tx& tx, std::int64_t team_id, std::int64_t account_id) {
  static const db::Query kFind{"invitation.of_user",
                               "SELECT id FROM team_invite WHERE team_id = $1 AND account_id = $2"};
  return tx.one<std::int64_t>(kFind, team_id, account_id);
}

std::optional<std::int64_t> find_invitation_of(db::Tx& tx, std::int64_t team_id, std::string_view email) {
  static const db::Query kFind{"invitation.of_email", "SELECT id FROM team_invite WHERE team_id = $1 AND email = $2"};
  return tx.one<std::int64_t>(kFind, team_id, email);
}

// The invitations of each query's WHERE, and before them what was told of them.
#define WHARF_DELETE_INVITATION_NOTES                             \
  "DELETE FROM user_notification WHERE kind = 'org_team_invite' " \
  "   AND lookup IN (SELECT CAST(i.id AS TEXT) FROM team_invite i "
#define WHARF_DELETE_INVITATIONS "DELETE FROM team_invite WHERE id IN (SELECT i.id FROM team_invite i "

void delete_invitation(db::Tx& tx, std::int64_t invitation_id) {
  static const db::Query kNotes{"invitation.delete_note", WHARF_DELETE_INVITATION_NOTES "WHERE i.id = $1)"};
  static const db::Query kDelete{"invitation.delete", "DELETE FROM team_invite WHERE id = $1"};
  tx.run(kNotes, invitation_id);
  tx.run(kDelete, invitation_id);
}

void delete_invitations_into_team(db::Tx& tx, std::int64_t team_id) {
  static const db::Query kNotes{"invitation.delete_notes_of_team",
                                WHARF_DELETE_INVITATION_NOTES "WHERE i.team_id = $1)"};
  static const db::Query kDelete{"invitation.delete_of_team", "DELETE FROM team_invite WHERE team_id = $1"};
  tx.run(kNotes, team_id);
  tx.run(kDelete, team_id);
}

void delete_invitations_into_organization(db::Tx& tx, std::int64_t organization_id) {
  static const db::Query kNotes{"invitation.delete_notes_of_organization", WHARF_DELETE_INVITATION_NOTES
                                "JOIN team t ON t.id = i.team_id WHERE t.organization_id = $1)"};
  static const db::Query kDelete{"invitation.delete_of_organization", WHARF_DELETE_INVITATIONS
                                 "JOIN team t ON t.id = i.team_id WHERE t.organization_id = $1)"};
  tx.run(kNotes, organization_id);
  tx.run(kDelete, organization_id);
}

void delete_invitations_of(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id) {
  static const db::Query kNotes{"invitation.delete_notes_of_user", WHARF_DELETE_INVITATION_NOTES
                                "JOIN team t ON t.id = i.team_id WHERE t.organization_id = $1 AND i.account_id = $2)"};
  static const db::Query kDelete{"invitation.delete_of_user", WHARF_DELETE_INVITATIONS
                                 "JOIN team t ON t.id = i.team_id WHERE t.organization_id = $1 AND i.account_id = $2)"};
  tx.run(kNotes, organization_id, account_id);
  tx.run(kDelete, organization_id, account_id);
}

}  // namespace wharf::store
