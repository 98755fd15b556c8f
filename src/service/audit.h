#pragma once
#include <set>
#include <string>
#include <string_view>

#include "auth/principal.h"
#include "base/json.h"
#include "db/database.h"

namespace wharf::service {

/// Where an entry of the audit log is read: the log of a namespace, and of a repository in it. 0: of neither.
struct LogPlace {
  std::int64_t namespace_id = 0;
  std::int64_t repository_id = 0;
};

/// Rules that the configuration sets.
struct AuditRules {
  std::set<std::string> silent_namespaces;  ///< DISABLED_FOR_AUDIT_LOGS: of these nothing is logged.
};
/// Set once, before the first request.
void set_audit_rules(AuditRules rules);

/// Writes one entry in the transaction of the change that it tells of: either both are there or neither is.
///
/// `kind` is Quay's ("create_repo"), `metadata` has its keys. What a token did says which token it was. Who did it and
/// from where comes from `who`. Source: Quay, "Action-log kinds".
void audit(db::Tx& tx, const auth::Principal& who, std::string_view kind, LogPlace place, json::Object metadata = {});

/// Adds to `metadata` which OAuth token `who` acts with, if they do.
void add_token_keys(const auth::Principal& who, json::Object& metadata);

}  // namespace wharf::service
