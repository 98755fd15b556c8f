#pragma once
#include <string>

#include "db/database.h"
#include "service/tools.h"
#include "store/account.h"
#include "store/email_code.h"

/// Mails to users about their own account. Each is queued in the transaction of what it tells of; the code in its link
/// is kept as a hash.
namespace wharf::service {

/// The hash under which the code of a link is kept.
std::string email_code_hash(std::string_view code);

/// Keeps `email` for the new user until the link is followed that goes there. With `send` false nobody gets the link:
/// somebody else has the address.
void queue_confirmation(const Tools& tools, db::Tx& tx, const store::Account& account, const std::string& email,
                        bool send, const std::string& base_url);

/// Sends a link to what is to become the user's address, unless somebody has it: then nothing is sent, and the answer
/// is the same. Errors: too_many_attempts when several such links wait already.
Result<void> queue_email_change(const Tools& tools, db::Tx& tx, const store::Account& account, const std::string& email,
                                const std::string& base_url);
/// Tells the old address that it is the user's no more.
void queue_email_changed(const Tools& tools, db::Tx& tx, const std::string& username, const std::string& old_email,
                         const std::string& email, const std::string& base_url);

/// Sends a link that lets one in who forgot the password, unless several wait already.
void queue_recovery(const Tools& tools, db::Tx& tx, const store::Account& account, const std::string& base_url);
/// Tells the address of an organization that it is none of a user, and who administers the organization.
void queue_organization_recovery(const Tools& tools, db::Tx& tx, const store::Account& organization,
                                 const std::string& base_url);

void queue_password_changed(const Tools& tools, db::Tx& tx, const std::string& username, const std::string& email,
                            const std::string& base_url);

}  // namespace wharf::service
