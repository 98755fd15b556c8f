#pragma once
#include "auth/access.h"

namespace wharf::service {

/// The access of `who` to a repository whose content they are about to change by the API.
/// Errors: those of auth::require for writing; denied to a restricted user in their own namespace;
/// repository_read_only unless the repository's state is NORMAL. Source: Quay, "Extra guards".
Result<auth::Access> require_writable(db::Tx& tx, const auth::Principal& who, const RepoName& name);

}  // namespace wharf::service
