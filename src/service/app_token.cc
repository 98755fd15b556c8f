#include "service/app_token.h"

#include "auth/access.h"
#include "base/random.h"
#include "service/audit.h"
#include "service/login.h"
#include "store/access.h"
#include "store/app_token.h"

namespace wharf::service {
namespace {

constexpr std::size_t kTokenLength = 120;
constexpr std::size_t kLongestTitle = 255;
constexpr std::int64_t kUsualLifeSeconds = 4 * 604'800;  // by which "soon" is measured where tokens do not expire
constexpr std::int64_t kDeletedAtOnce = 500;

AppTokenView view_of(const store::AppToken& token) {
  AppTokenView view{.uuid = token.uuid,
                    .title = token.title,
                    .last_accessed = {},
                    .created = {token.created_ms},
                    .expiration = {},
                    .token_code = {}};
  if (token.last_accessed_ms) view.last_accessed = Rfc2822{*token.last_accessed_ms};
  if (token.expires_ms != store::kForever) view.expiration = Rfc2822{token.expires_ms};
  return view;
}

json::Object metadata_of(const std::string& title, const std::string& uuid) {
  return {{"app_specific_token_title", title}, {"app_specific_token", uuid}};
}

}  // namespace

awaitable<AppTokenViews> AppTokenService::select(std::optional<std::int64_t> account_id, std::optional<bool> expiring) {
  AppTokenViews views;
  if (expiring) views.only_expiring.emplace(*expiring);
  store::AppTokenSpan span{.account_id = account_id, .after_ms = 0, .until_ms = store::kForever};
  if (expiring.value_or(false)) {
    span.after_ms = now_ms();
    span.until_ms = span.after_ms + tools_.settings.app_token_lifetime_s.value_or(kUsualLifeSeconds) * 1000 / 10;
  }
  auto job = [span](db::Tx& tx) { return store::list_app_tokens(tx, span); };
  for (const auto& token : co_await tools_.db.read(std::move(job))) views.tokens.push_back(view_of(token));
  co_return views;
}

awaitable<Result<AppTokenViews>> AppTokenService::list(auth::Principal who, std::optional<bool> expiring) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  co_return co_await select(who.account_id, expiring);
}

awaitable<Result<AppTokenViews>> AppTokenService::list_all(auth::Principal who, std::optional<bool> expiring) {
  if (who.kind != auth::Principal::Kind::user || !auth::sees_everything(who)) co_return auth::refusal(who);
  co_return co_await select(std::nullopt, expiring);
}

awaitable<Result<AppTokenView>> AppTokenService::create(auth::Principal who, std::string title) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  if (title.find_first_not_of(" \t\r\n") == std::string::npos || title.size() > kLongestTitle) {
    co_return Error{Errc::invalid_request, "title: must have 1 to 255 characters"};
  }
  const auto token = random_text(kTokenLength, kUpperAndDigits);
  const auto uuid = random_uuid();
  const auto now = now_ms();
  const auto life_s = tools_.settings.app_token_lifetime_s;
  const store::NewAppToken row{
      .account_id = who.account_id,
      .uuid = uuid,
      .title = title,
      .prefix = token.substr(0, kAppTokenPrefix),
      .sealed_secret = tools_.secrets.seal(std::string_view(token).substr(kAppTokenPrefix), app_token_context(uuid)),
      .expires_ms = life_s ? now + *life_s * 1000 : store::kForever};
  auto job = [who, row, now](db::Tx& tx) -> Result<AppTokenView> {
    store::insert_app_token(tx, row, now);
    audit(tx, who, "create_app_specific_token", {.namespace_id = who.account_id}, metadata_of(row.title, row.uuid));
    return view_of(store::find_own_app_token(tx, who.account_id, row.uuid).value());
  };
  auto view = co_await tools_.db.write(std::move(job));
  if (view) view->token_code = token;
  co_return view;
}

awaitable<Result<AppTokenView>> AppTokenService::find(auth::Principal who, std::string uuid) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  auto job = [who, uuid](db::Tx& tx) { return store::find_own_app_token(tx, who.account_id, uuid); };
  const auto token = co_await tools_.db.read(std::move(job));
  if (!token || token->expires_ms <= now_ms()) co_return Error{Errc::not_found, "Not Found"};
  auto secret = tools_.secrets.open(token->sealed_secret, app_token_context(token->uuid));
  if (!secret) throw Accident(secret.error());
  auto view = view_of(*token);
  view.token_code = token->prefix + *secret;
  co_return view;
}

awaitable<Result<bool>> AppTokenService::revoke(auth::Principal who, std::string uuid) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  auto job = [who, uuid](db::Tx& tx) -> Result<bool> {
    const auto token = store::find_own_app_token(tx, who.account_id, uuid);
    if (!token) return Error{Errc::not_found, "Not Found"};
    store::delete_app_token(tx, token->id);
    audit(tx, who, "revoke_app_specific_token", {.namespace_id = who.account_id},
          metadata_of(token->title, token->uuid));
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<std::int64_t> AppTokenService::remove_expired() {
  const auto before = now_ms() - tools_.settings.app_token_expired_keep_s * 1000;
  std::int64_t removed = 0;
  for (std::int64_t last = kDeletedAtOnce; last == kDeletedAtOnce; removed += last) {
    auto job = [before](db::Tx& tx) { return store::delete_expired_app_tokens(tx, before, kDeletedAtOnce); };
    last = co_await tools_.db.write(std::move(job));
  }
  co_return removed;
}

}  // namespace wharf::service
