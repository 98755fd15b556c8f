// What users have authorized: the part of OAuthService behind /api/v1/user/authorizations.
#include "auth/access.h"
#include "service/audit.h"
#include "service/oauth.h"
#include "service/oauth_token.h"
#include "store/oauth.h"
#include "store/token.h"
#include "store/user_notification.h"

namespace wharf::service {
namespace {

constexpr std::int64_t kMostAuthorizations = 500;
constexpr std::int64_t kMostAssignments = 200;
constexpr std::int64_t kDeletedAtOnce = 500;
constexpr Millis kExpiredKeptMs = 24 * 3'600'000LL;
constexpr std::string_view kNotification = "assigned_authorization";

Error not_found() { return {Errc::not_found, "Not Found"}; }

AuthorizationView view_of(const store::Authorization& row) {
  const auto name = row.name.value_or(row.token_name.value_or(""));
  const auto owner = row.owner.value_or("");
  const auto kind = row.owner_is_organization.value_or(false) ? AvatarKind::org : AvatarKind::user;
  return {.application = {.name = name,
                          .clientId = {},
                          .description = row.description.value_or(""),
                          .url = row.application_uri.value_or(""),
                          .avatar = make_avatar(AvatarKind::app, name, row.avatar_email),
                          .organization = {owner, make_avatar(kind, owner, row.owner_email)}},
          .scopes = scope_infos(row.scope),
          .uuid = row.uuid};
}

AssignmentView view_of(const store::Assignment& row) {
  return {.application = {.name = row.name,
                          .clientId = row.client_id,
                          .description = row.description,
                          .url = row.application_uri,
                          .avatar = make_avatar(AvatarKind::app, row.name, row.avatar_email),
                          .organization = {row.organization,
                                           make_avatar(AvatarKind::org, row.organization, row.organization_email)}},
          .uuid = row.uuid,
          .redirectUri = row.redirect_uri,
          .scopes = scope_infos(row.scope),
          .responseType = row.response_type};
}

}  // namespace

awaitable<Result<AuthorizationViews>> OAuthService::authorizations(auth::Principal who) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  auto job = [who](db::Tx& tx) {
    return store::list_authorizations(tx, who.account_id, now_ms(), kMostAuthorizations);
  };
  AuthorizationViews views;
  for (const auto& row : co_await tools_.db.read(std::move(job))) views.authorizations.push_back(view_of(row));
  co_return views;
}

awaitable<Result<AuthorizationView>> OAuthService::authorization(auth::Principal who, std::string uuid) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  auto job = [who, uuid](db::Tx& tx) -> Result<AuthorizationView> {
    const auto row = store::find_authorization(tx, who.account_id, uuid);
    if (!row) return not_found();
    return view_of(*row);
  };
  co_return co_await tools_.db.read(std::move(job));
}

awaitable<Result<bool>> OAuthService::revoke(auth::Principal who, std::string uuid) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  auto job = [who, uuid](db::Tx& tx) -> Result<bool> {
    const auto row = store::find_authorization(tx, who.account_id, uuid);
    if (!row) return not_found();
    store::delete_oauth_token(tx, row->token_id);
    // The user agreed to an application, not to a token: each sign-in there made another one.
    if (row->application_id && !row->token_name) store::delete_web_grants(tx, *row->application_id, who.account_id);
    audit(tx, who, "oauth_token_revoked", {.namespace_id = who.account_id},
          {{"oauth_token_uuid", row->uuid}, {"scope", row->scope}, {"application_name", row->name.value_or("")}});
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<AssignmentViews>> OAuthService::assignments(auth::Principal who) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  auto look = [who](db::Tx& tx) { return store::list_assignments(tx, who.account_id, kMostAssignments); };
  const auto rows = co_await tools_.db.read(std::move(look));
  if (!rows.empty() && !tools_.settings.read_only) {
    auto clear = [&rows](db::Tx& tx) {
      for (const auto& row : rows) store::delete_user_notifications(tx, kNotification, row.uuid);
      return true;
    };
    co_await tools_.db.write(std::move(clear));
  }
  AssignmentViews views;
  for (const auto& row : rows) views.authorizations.push_back(view_of(row));
  co_return views;
}

awaitable<Result<bool>> OAuthService::remove_assignment(auth::Principal who, std::string uuid) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  auto job = [who, uuid](db::Tx& tx) -> Result<bool> {
    const auto row = store::find_assignment(tx, who.account_id, uuid);
    if (!row || !store::delete_assignment(tx, row->id)) return not_found();
    store::delete_user_notifications(tx, kNotification, row->uuid);
    audit(tx, who, "oauth_token_revoked", {.namespace_id = row->organization_id},
          {{"assigned_user", who.name}, {"application", row->name}, {"client_id", row->client_id}});
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<std::int64_t> OAuthService::remove_expired() {
  const auto before = now_ms() - kExpiredKeptMs;
  std::int64_t removed = 0;
  // An expired bootstrap token is renewed, however old it is.
  for (std::int64_t last = kDeletedAtOnce; last == kDeletedAtOnce; removed += last) {
    auto job = [before](db::Tx& tx) {
      return store::delete_expired_oauth_tokens(tx, before, kBootstrapApplication, kDeletedAtOnce);
    };
    last = co_await tools_.db.write(std::move(job));
  }
  for (std::int64_t last = kDeletedAtOnce; last == kDeletedAtOnce; removed += last) {
    auto job = [before](db::Tx& tx) { return store::delete_expired_oauth_codes(tx, before, kDeletedAtOnce); };
    last = co_await tools_.db.write(std::move(job));
  }
  co_return removed;
}

}  // namespace wharf::service
