#include "service/registry_audit.h"

#include <optional>

#include "store/log_performer.h"

namespace wharf::service {
namespace {

constexpr std::size_t kMostUserAgent = 256;

}  // namespace

RegistryPerformer registry_performer(db::Tx& tx, const RegistryCaller& caller, std::string address) {
  using Means = auth::Principal::Means;
  RegistryPerformer performer;
  auto& who = performer.who;
  if (caller) who = caller->who;
  who.address = std::move(address);
  if (who.anonymous()) return performer;
  auto& metadata = performer.metadata;
  metadata["username"] = who.name;
  if (who.kind == auth::Principal::Kind::robot) metadata["is_robot"] = true;
  if (who.means == Means::app_token) {
    metadata["app_specific_token"] = who.token_uuid;
    metadata["app_specific_token_title"] = store::app_token_title(tx, who.token_uuid).value_or("");
  } else if (who.means == Means::oauth_token && !who.token_uuid.empty()) {
    if (auto application = store::application_of_token(tx, who.token_uuid)) {
      who.client_id = std::move(application->client_id);
      who.application = std::move(application->name);
    }
  }
  return performer;
}

void audit_registry(db::Tx& tx, const RegistryCaller& caller, const Origin& origin, std::string_view kind,
                    LogPlace place, const RepoName& name, json::Object metadata) {
  auto performer = registry_performer(tx, caller, origin.address);
  performer.who.request = origin.request;
  metadata["repo"] = name.name;
  metadata["namespace"] = name.ns;
  metadata["user-agent"] = std::string_view(origin.user_agent).substr(0, kMostUserAgent);
  for (auto& entry : performer.metadata) metadata[entry.key()] = std::move(entry.value());
  audit(tx, performer.who, kind, place, std::move(metadata));
}

}  // namespace wharf::service
