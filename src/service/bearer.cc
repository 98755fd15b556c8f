// Tokens of the API: the part of UserService that every request with a Bearer header goes through.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/log.h"
#include "base/random.h"
#include "base/secret.h"
#include "service/oauth_scope.h"
#include "service/oauth_token.h"
#include "service/user.h"
#include "store/token.h"

namespace wharf::service {
namespace {

// Tokens that the command line makes belong to an application in their user's namespace, as all tokens do.
constexpr std::string_view kCommandLine = "command line";

std::int64_t command_line_application(db::Tx& tx, std::int64_t account_id, const auth::SecretBox& secrets) {
  tx.lock("command line application:" + std::to_string(account_id));
  if (const auto known = store::find_application(tx, account_id, kCommandLine)) return *known;
  const auto client_id = random_text(20, kUpperAndDigits);
  const store::NewApplication application{
      .namespace_id = account_id,
      .client_id = client_id,
      .name = std::string(kCommandLine),
      .description = "Tokens made with wharf token create",
      .sealed_secret = secrets.seal(random_text(40, kUpperAndDigits), "application:" + client_id)};
  return store::insert_application(tx, application, now_ms());
}

}  // namespace

auth::Principal UserService::principal(std::int64_t id, const std::string& name, store::AccountKind kind,
                                       bool superuser) const {
  using Kind = auth::Principal::Kind;
  auth::Principal who;
  who.kind = kind == store::AccountKind::robot ? Kind::robot : Kind::user;
  who.account_id = id;
  who.name = name;
  if (who.kind == Kind::robot) return who;
  who.superuser = settings_.features.super_users && (superuser || settings_.super_users.contains(name));
  who.read_only_superuser = settings_.read_only_super_users.contains(name);
  who.restricted =
      settings_.features.restricted_users && !settings_.restricted_whitelist.contains(name) && !who.superuser;
  return who;
}

auth::Principal UserService::principal_of(const store::Account& account) const {
  return principal(account.id, account.name, account.kind, account.superuser);
}

awaitable<Result<auth::Principal>> UserService::authenticate_bearer(std::string token) {
  const Error refused{Errc::bad_token, "Invalid bearer token"};
  if (!is_oauth_token(token)) co_return refused;
  auto job = [&token](db::Tx& tx) { return store::find_bearer(tx, oauth_token_prefix(token)); };
  const auto row = co_await db_.lookup(std::move(job));
  if (!row) co_return refused;
  if (!same_secret(oauth_token_hash(token), row->secret_hash)) co_return refused;
  const auto now = now_ms();
  if (row->expires_ms <= now) co_return Error{Errc::bad_token, "The bearer token has expired"};
  if (!row->account_enabled || row->account_kind != store::AccountKind::user) co_return refused;
  if (!settings_.read_only && now - row->last_accessed_ms.value_or(0) >= settings_.last_use_threshold_ms) {
    bool first = false;
    {
      const std::lock_guard lock(touching_mutex_);
      first = touching_.insert(row->token_id).second;
    }
    if (first) {
      const auto executor = co_await boost::asio::this_coro::executor;
      boost::asio::co_spawn(executor, note_use(row->token_id, now), boost::asio::detached);
    }
  }
  auto who = principal(row->account_id, row->account_name, row->account_kind, row->account_superuser);
  who.means = auth::Principal::Means::oauth_token;
  who.scopes = auth::ScopeSet::parse(row->scope);
  who.token_uuid = row->token_uuid;
  who.client_id = row->client_id;
  who.application = row->application;
  co_return who;
}

awaitable<void> UserService::note_use(std::int64_t token_id, Millis now) {
  try {
    auto job = [token_id, now](db::Tx& tx) {
      store::touch_oauth_token(tx, token_id, now);
      return true;
    };
    co_await db_.write(std::move(job));
  } catch (const std::exception& failure) {
    // The request it belongs to was answered; the next one tries again.
    log::warn("the last use of a token could not be noted", {{"reason", failure.what()}});
  }
  const std::lock_guard lock(touching_mutex_);
  touching_.erase(token_id);
}

std::string UserService::insert_token(db::Tx& tx, std::int64_t account_id, std::optional<std::int64_t> application_id,
                                      std::optional<std::string> name, const std::string& secret,
                                      const std::string& scope, Millis expires_ms) const {
  const store::NewOAuthToken row{.application_id = application_id,
                                 .account_id = account_id,
                                 .name = std::move(name),
                                 .prefix = std::string(oauth_token_prefix(secret)),
                                 .secret_hash = oauth_token_hash(secret),
                                 .scope = scope,
                                 .expires_ms = expires_ms};
  return store::insert_oauth_token(tx, row, now_ms());
}

awaitable<Result<MintedToken>> UserService::mint_token(std::string username, std::string scope, std::int64_t life_s,
                                                       std::optional<std::string> name) {
  if (!auth::ScopeSet::is_valid(scope)) co_return Error{Errc::invalid_request, "There is no such scope: " + scope};
  if (life_s < 1 || life_s > kLongestTokenSeconds) {
    co_return Error{Errc::invalid_request, "A token lives 1 second to 10 years"};
  }
  MintedToken minted{
      .token = new_oauth_token(), .uuid = {}, .scope = tidy_scope(scope), .expires_ms = now_ms() + life_s * 1000};
  auto job = [this, username, name, &minted](db::Tx& tx) -> Result<std::string> {
    const auto account = store::find_account(tx, username);
    if (!account || account->kind != store::AccountKind::user) {
      return Error{Errc::not_found, "There is no user " + username};
    }
    const auto application_id = command_line_application(tx, account->id, secrets_);
    return insert_token(tx, account->id, application_id, name.value_or(std::string(kCommandLine)), minted.token,
                        minted.scope, minted.expires_ms);
  };
  auto uuid = co_await db_.write(std::move(job));
  if (!uuid) co_return uuid.error();
  minted.uuid = std::move(*uuid);
  co_return minted;
}

std::string UserService::open_robot_token(const std::string& uuid, const std::string& sealed_token) const {
  auto token = secrets_.open(sealed_token, "robot:" + uuid);
  if (!token) throw Accident(token.error());
  return std::move(*token);
}

}  // namespace wharf::service
