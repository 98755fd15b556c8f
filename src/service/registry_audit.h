#pragma once
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/names.h"
#include "db/database.h"
#include "service/audit.h"
#include "service/registry_access.h"

/// Entries of the audit log about the registry protocol.
namespace wharf::service {

/// From where a request came.
struct Origin {
  std::string address;
  std::string user_agent;
  std::shared_ptr<const auth::RequestFacts> request{};
};

/// Who showed this token, with what the log wants to know of the login: a registry token names an OAuth token by its
/// uuid alone. One indexed read where it was by a token of ours, none otherwise.
struct RegistryPerformer {
  auth::Principal who;
  json::Object metadata;  ///< Quay's keys about the login: username, is_robot, app_specific_token, …
};
RegistryPerformer registry_performer(db::Tx& tx, const RegistryCaller& caller, std::string address);

/// As `audit`, for a change by the registry protocol: `metadata` gets Quay's keys about the repository, the client and
/// the login.
void audit_registry(db::Tx& tx, const RegistryCaller& caller, const Origin& origin, std::string_view kind,
                    LogPlace place, const RepoName& name, json::Object metadata);

}  // namespace wharf::service
