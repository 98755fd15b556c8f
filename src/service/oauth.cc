#include "service/oauth.h"

#include <algorithm>

#include "auth/access.h"
#include "base/digest.h"
#include "base/hex.h"
#include "base/names.h"
#include "base/random.h"
#include "base/secret.h"
#include "service/application.h"
#include "service/audit.h"
#include "service/oauth_token.h"
#include "service/redirect_uri.h"
#include "service/user.h"
#include "service/user_notification.h"
#include "store/oauth.h"
#include "store/token.h"
#include "store/user_notification.h"

namespace wharf::service {
namespace {

constexpr std::size_t kCodeLength = 40;
constexpr std::size_t kLongestState = 4096;

Error not_found() { return {Errc::not_found, "Not Found"}; }
Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }

/// Only who showed a password, now or for their session.
Result<void> require_person(const auth::Principal& who) {
  using Means = auth::Principal::Means;
  const bool shown = who.means == Means::session || who.means == Means::password;
  if (who.kind != auth::Principal::Kind::user || !shown || who.scopes) return auth::refusal(who);
  return {};
}

/// SHA-256 in base64url: what PKCE makes of a verifier. Source: RFC 7636 section 4.2.
std::string challenge_of(std::string_view verifier) {
  return to_base64url(from_hex(Digest::of(verifier).hex()).value());
}

/// 43 to 128 of RFC 3986's unreserved characters. Source: RFC 7636 section 4.1.
bool is_verifier(std::string_view text) {
  return text.size() >= 43 && text.size() <= 128 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("-._~").find(c) != std::string_view::npos;
         });
}

/// What is kept to check the verifier with; nothing without PKCE. Source: RFC 7636 section 4.3.
Result<std::optional<std::string>> kept_challenge(const AuthorizationRequest& request) {
  const auto& challenge = request.code_challenge;
  const auto& method = request.code_challenge_method;
  if (challenge.empty() && method.empty()) return std::optional<std::string>();
  if (method == "S256") {
    const auto raw = from_base64url(challenge);
    if (raw && raw->size() == 32) return std::optional(challenge);
  } else if ((method.empty() || method == "plain") && is_verifier(challenge)) {
    return std::optional(challenge_of(challenge));
  }
  return invalid("code_challenge");
}

/// The error goes back to the client. Source: RFC 6749 section 4.1.2.1.
Granted error_at(const std::string& uri, const AuthorizationRequest& request, std::string_view error) {
  std::vector<std::pair<std::string, std::string>> parameters{{"error", std::string(error)}};
  if (request.state) parameters.emplace_back("state", *request.state);
  return {.location = with_parameters(uri, parameters), .access_token = {}};
}

/// What is wrong with a request whose redirect_uri is right; "" for nothing.
std::string_view fault_of(const AuthorizationRequest& request, const Settings& settings) {
  if (request.response_type != "code" && request.response_type != "token") return "unsupported_response_type";
  if (!is_offered_scope(request.scope, settings)) return "invalid_scope";
  if (request.state && request.state->size() > kLongestState) return "invalid_request";
  if (request.response_type == "code" && !kept_challenge(request)) return "invalid_request";
  return {};
}

}  // namespace

/// An application in the web flow, and what the user may do about it.
struct OAuthService::Client {
  store::Application application;
  std::string organization;
  std::optional<std::string> organization_email;
  bool admin = false;
  std::optional<std::int64_t> assignment_id;  ///< Of one that fits the request.
  bool redirect_fits = false;

  bool may() const { return admin || assignment_id; }
};

std::string OAuthService::local_page(const AuthorizationRequest& request) const {
  const auto& path = tools_.settings.local_oauth_handler;
  return path.empty() ? std::string() : request.base_url + path;
}

Result<OAuthService::Client> OAuthService::find_client(db::Tx& tx, const auth::Principal& who,
                                                       const AuthorizationRequest& request) const {
  auto application = store::find_application_by_client(tx, request.client_id);
  const auto owner = application ? store::find_account(tx, application->organization_id) : std::nullopt;
  if (!owner) return not_found();
  Client client{.application = std::move(*application),
                .organization = owner->name,
                .organization_email = owner->contact_email,
                .admin = auth::Access::find(tx, who, {owner->name, ""}).is_namespace_admin(),
                .assignment_id = {},
                .redirect_fits = false};
  client.redirect_fits = redirect_allowed(request.redirect_uri, client.application.redirect_uri, local_page(request));
  if (!request.assignment_uuid.empty() && tools_.settings.features.assign_oauth_token) {
    const auto offered = store::find_assignment(tx, who.account_id, request.assignment_uuid);
    // No more, and nowhere else, than what was offered.
    if (offered && offered->application_id == client.application.id && offered->redirect_uri == request.redirect_uri &&
        offered->response_type == request.response_type &&
        auth::ScopeSet::parse(offered->scope).contains(auth::ScopeSet::parse(request.scope))) {
      client.assignment_id = offered->id;
    }
  }
  return client;
}

std::string OAuthService::insert_token(db::Tx& tx, const auth::Principal& who, const store::Application& application,
                                       const std::string& scope, std::string_view method,
                                       const std::string& token) const {
  const auto now = now_ms();
  const store::NewOAuthToken row{.application_id = application.id,
                                 .account_id = who.account_id,
                                 .name = {},
                                 .prefix = std::string(oauth_token_prefix(token)),
                                 .secret_hash = oauth_token_hash(token),
                                 .scope = scope,
                                 .expires_ms = now + kLongestTokenSeconds * 1000};
  auto uuid = store::insert_oauth_token(tx, row, now);
  audit(tx, who, "create_oauth_api_token", {.namespace_id = application.organization_id},
        {{"oauth_token_uuid", uuid},
         {"scope", scope},
         {"token_display_name", nullptr},
         {"application_name", application.name},
         {"auth_method", method},
         {"client_id", application.client_id}});
  return uuid;
}

Granted OAuthService::issue(db::Tx& tx, const auth::Principal& who, const AuthorizationRequest& request,
                            const Client& client) const {
  const auto scope = tidy_scope(request.scope);
  if (client.assignment_id) {
    // What was offered once is taken once.
    if (!store::delete_assignment(tx, *client.assignment_id) && !client.admin) {
      return error_at(request.redirect_uri, request, "access_denied");
    }
    store::delete_user_notifications(tx, "assigned_authorization", request.assignment_uuid);
  }
  std::vector<std::pair<std::string, std::string>> parameters;
  if (request.response_type == "code") {
    const auto code = random_text(kCodeLength, kLettersAndDigits);
    const auto now = now_ms();
    const store::OAuthCode row{.application_id = client.application.id,
                               .account_id = who.account_id,
                               .scope = scope,
                               .redirect_uri = request.redirect_uri,
                               .challenge = kept_challenge(request).value(),
                               .token_uuid = {},
                               .expires_ms = now + kCodeLifeSeconds * 1000};
    store::insert_oauth_code(tx, secret_hash(code), row, now);
    parameters.emplace_back("code", code);
    if (request.state) parameters.emplace_back("state", *request.state);
    return {.location = with_parameters(request.redirect_uri, parameters), .access_token = {}};
  }
  const auto token = new_oauth_token();
  insert_token(tx, who, client.application, scope, auth_method(who), token);
  parameters.emplace_back("scope", scope);
  if (request.state) parameters.emplace_back("state", *request.state);
  return {.location = with_parameters(request.redirect_uri, parameters) + "#access_token=" + token +
                      "&token_type=Bearer&expires_in=" + std::to_string(kLongestTokenSeconds),
          .access_token = token};
}

awaitable<Result<std::variant<Consent, Granted>>> OAuthService::begin(auth::Principal who,
                                                                      AuthorizationRequest request) {
  using Step = std::variant<Consent, Granted>;
  if (auto ok = require_person(who); !ok) co_return ok.error();
  if (!is_offered_scope(request.scope, tools_.settings)) co_return not_found();
  bool agreed = false;
  auto look = [this, &who, &request, &agreed](db::Tx& tx) -> Result<Step> {
    const auto client = find_client(tx, who, request);
    if (!client) return client.error();
    if (!client->may()) return auth::refusal(who);
    const auto& application = client->application;
    if (!client->redirect_fits) {
      if (!is_redirect_uri(application.redirect_uri)) return invalid("redirect_uri: is not the application's");
      return Step(error_at(application.redirect_uri, request, "redirect_uri_mismatch"));
    }
    const auto fault = fault_of(request, tools_.settings);
    if (!fault.empty()) return Step(error_at(request.redirect_uri, request, fault));
    const auto wanted = auth::ScopeSet::parse(request.scope);
    agreed =
        std::ranges::any_of(store::list_granted_scopes(tx, application.id, who.account_id, now_ms()),
                            [&](const std::string& scope) { return auth::ScopeSet::parse(scope).contains(wanted); });
    return Step(Consent{
        .application = {.name = application.name,
                        .clientId = {},
                        .description = application.description,
                        .url = application.application_uri,
                        .avatar = make_avatar(AvatarKind::app, application.name, application.avatar_email),
                        .organization = {client->organization, make_avatar(AvatarKind::org, client->organization,
                                                                           client->organization_email)}},
        .scopes = scope_infos(request.scope)});
  };
  auto step = co_await tools_.db.read(std::move(look));
  if (!step || !agreed || tools_.settings.read_only) co_return step;
  auto granted = co_await agree(std::move(who), std::move(request));
  if (!granted) co_return granted.error();
  co_return Step(std::move(*granted));
}

awaitable<Result<Granted>> OAuthService::agree(auth::Principal who, AuthorizationRequest request) {
  if (auto ok = require_person(who); !ok) co_return ok.error();
  auto job = [this, who, request](db::Tx& tx) -> Result<Granted> {
    const auto client = find_client(tx, who, request);
    if (!client && client.error().code != Errc::not_found) return client.error();
    if (!client || !client->redirect_fits) return invalid("invalid_request");
    const auto fault = fault_of(request, tools_.settings);
    if (!fault.empty()) return error_at(request.redirect_uri, request, fault);
    if (!client->may()) return error_at(request.redirect_uri, request, "access_denied");
    return issue(tx, who, request, *client);
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<Granted>> OAuthService::decline(auth::Principal who, AuthorizationRequest request) {
  if (auto ok = require_person(who); !ok) co_return ok.error();
  auto job = [this, who, request](db::Tx& tx) -> Result<Granted> {
    const auto client = find_client(tx, who, request);
    if (!client || !client->redirect_fits) return invalid("invalid_request");
    return error_at(request.redirect_uri, request, "authorization_denied");
  };
  co_return co_await tools_.db.read(std::move(job));
}

std::string OAuthService::redeem(db::Tx& tx, const CodeExchange& wanted, const std::string& token) const {
  const auto application = store::find_application_by_client(tx, wanted.client_id);
  if (!application) return "invalid_client";
  const auto secret = tools_.secrets.open(application->sealed_secret, application_context(application->client_id));
  if (!secret) throw Accident(secret.error());
  if (!same_secret(*secret, wanted.client_secret)) return "invalid_client";
  if (wanted.scope && !is_offered_scope(*wanted.scope, tools_.settings)) return "invalid_scope";

  const auto hash = secret_hash(wanted.code);
  const auto code = store::find_oauth_code(tx, hash);
  if (!code || code->application_id != application->id) return "invalid_grant";
  const auto user = store::find_account(tx, code->account_id);
  const bool right = code->expires_ms > now_ms() && code->redirect_uri == wanted.redirect_uri &&
                     (!wanted.scope || tidy_scope(*wanted.scope) == code->scope) &&
                     (code->challenge ? is_verifier(wanted.code_verifier) &&
                                            same_secret(challenge_of(wanted.code_verifier), *code->challenge)
                                      : wanted.code_verifier.empty()) &&
                     user && user->enabled && user->kind == store::AccountKind::user;
  // Used up by any attempt of its client, so that nothing about it can be tried out.
  if (!store::use_oauth_code(tx, hash)) {
    // Twice means that it was stolen. Source: RFC 6749 section 4.1.2.
    const auto used = store::find_oauth_code(tx, hash);
    if (used && used->token_uuid) store::delete_oauth_token(tx, *used->token_uuid);
    return "invalid_grant";
  }
  if (!right) return "invalid_grant";
  auto who = tools_.users.principal_of(*user);
  who.address = wanted.peer;
  store::name_token_of_code(tx, hash, insert_token(tx, who, *application, code->scope, "authorization_code", token));
  return {};
}

awaitable<ExchangeAnswer> OAuthService::exchange(CodeExchange wanted) {
  ExchangeAnswer answer;
  if (wanted.grant_type != "authorization_code") {
    answer.error = wanted.grant_type.empty() ? "invalid_request" : "unsupported_grant_type";
    co_return answer;
  }
  if (wanted.client_id.empty() || wanted.client_secret.empty()) {
    answer.error = "invalid_client";
    co_return answer;
  }
  if (wanted.code.empty() || wanted.redirect_uri.empty()) {
    answer.error = "invalid_request";
    co_return answer;
  }
  const auto token = new_oauth_token();
  auto job = [this, &wanted, &token](db::Tx& tx) { return redeem(tx, wanted, token); };
  answer.error = co_await tools_.db.write(std::move(job));
  if (answer.error.empty()) answer.access_token = token;
  co_return answer;
}

awaitable<Result<bool>> OAuthService::assign(auth::Principal who, AuthorizationRequest request, std::string username) {
  if (auto ok = require_person(who); !ok) co_return ok.error();
  auto job = [this, who, request, username](db::Tx& tx) -> Result<bool> {
    const auto client = find_client(tx, who, request);
    if (!client) return client.error();
    if (!client->admin) return auth::refusal(who);
    if (!client->redirect_fits) return invalid("redirect_uri: is not the application's");
    const auto fault = fault_of(request, tools_.settings);
    if (fault == "invalid_scope") return not_found();
    if (!fault.empty()) return invalid(std::string(fault));
    const auto user = is_namespace_segment(username) ? store::find_account(tx, username) : std::nullopt;
    if (!user || user->kind != store::AccountKind::user) return not_found();
    const auto& application = client->application;
    const store::NewAssignment row{.application_id = application.id,
                                   .account_id = user->id,
                                   .redirect_uri = request.redirect_uri,
                                   .scope = tidy_scope(request.scope),
                                   .response_type = request.response_type};
    if (const auto before = store::find_same_assignment(tx, row)) {
      store::delete_assignment(tx, before->id);
      store::delete_user_notifications(tx, "assigned_authorization", before->uuid);
    }
    const auto uuid = store::insert_assignment(tx, row, now_ms());
    notify_user(tx, user->id, "assigned_authorization",
                {{"username", who.name}, {"application", application.name}, {"organization", client->organization}},
                uuid);
    audit(tx, who, "oauth_token_assigned", {.namespace_id = application.organization_id},
          {{"assigning_user", who.name},
           {"assigned_user", user->name},
           {"application", application.name},
           {"client_id", application.client_id},
           {"scope", row.scope}});
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

}  // namespace wharf::service
