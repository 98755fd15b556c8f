#include "service/audit.h"

#include "base/clock.h"
#include "store/account.h"
#include "store/log.h"
#include "store/pull_count.h"

namespace wharf::service {
namespace {

AuditRules rules;

bool is_silent(db::Tx& tx, std::int64_t namespace_id) {
  if (rules.silent_namespaces.empty() || namespace_id == 0) return false;
  const auto account = store::find_account(tx, namespace_id);
  return account && rules.silent_namespaces.contains(account->name);
}

/// Quay's name for how somebody showed who they are.
std::string_view auth_type(auth::Principal::Means means) {
  using Means = auth::Principal::Means;
  switch (means) {
    case Means::none:
      return "anonymous";
    case Means::password:
      return "basic";
    case Means::robot_token:
      return "robot";
    case Means::oauth_token:
      return "oauth";
    case Means::app_token:
      return "app_specific_token";
    case Means::session:
      return "session";
  }
  return "anonymous";
}

std::string_view performer_kind(auth::Principal::Kind kind) {
  using Kind = auth::Principal::Kind;
  if (kind == Kind::anonymous) return "anonymous";
  return kind == Kind::robot ? "robot" : "user";
}

/// Source: Quay, FEATURE_EXTENDED_ACTION_LOGGING.
void add_request_keys(const auth::Principal& who, json::Object& metadata) {
  const auto& request = *who.request;
  metadata["request_url"] = request.url;
  metadata["http_method"] = request.method;
  metadata["auth_type"] = auth_type(who.means);
  metadata["user_agent"] = request.user_agent;
  metadata["performer_kind"] = performer_kind(who.kind);
  metadata["request_id"] = request.id;
  if (!request.forwarded_for.empty()) metadata["x_forwarded_for"] = request.forwarded_for;
}

}  // namespace

void set_audit_rules(AuditRules wanted) { rules = std::move(wanted); }

void add_token_keys(const auth::Principal& who, json::Object& metadata) {
  if (who.token_uuid.empty() || who.means != auth::Principal::Means::oauth_token) return;
  metadata["oauth_token_id"] = who.token_uuid;
  metadata["oauth_token_application_id"] = who.client_id;
  metadata["oauth_token_application"] = who.application;
}

void audit(db::Tx& tx, const auth::Principal& who, std::string_view kind, LogPlace place, json::Object metadata) {
  if (is_silent(tx, place.namespace_id)) return;
  add_token_keys(who, metadata);
  if (who.request) add_request_keys(who, metadata);
  store::NewLogEntry entry;
  entry.at_ms = now_ms();
  entry.kind = kind;
  if (place.namespace_id != 0) entry.namespace_id = place.namespace_id;
  if (place.repository_id != 0) entry.repository_id = place.repository_id;
  if (who.account_id != 0) entry.performer_id = who.account_id;
  if (!who.address.empty()) entry.address = who.address;
  entry.metadata = json::to_text(metadata);
  store::add_log_entry(tx, entry);
  // Pushes are counted with the pulls: two at once into one repository would wait for each other's row here.
  if (place.repository_id != 0 && kind != "push_repo") store::add_actions(tx, place.repository_id, entry.at_ms, 1);
}

}  // namespace wharf::service
