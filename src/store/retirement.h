#pragma once
#include "base/clock.h"
#include "db/database.h"
#include "store/account.h"

/// The end of an account, or of the person in it.
namespace wharf::store {

/// Takes a user or an organization out of use at once, the one way to delete a namespace: its repositories, teams,
/// robots, applications and the roles on them go, and what was a person's (password, address, tokens, sessions,
/// memberships, roles elsewhere, stars, notifications). The row gets its uuid as name; the old name stays taken
/// (`reserved_name`) until what it held is purged. The caller holds the lock of the name.
void retire_account(db::Tx& tx, const Account& account, Millis now);

/// Makes an organization of a user: name, repositories, robots and the roles on them stay; what was the person's goes.
/// The caller holds the lock of the name.
void turn_into_organization(db::Tx& tx, const Account& user);

}  // namespace wharf::store
