#include "service/application.h"

#include <cmath>
#include <limits>

#include "auth/access.h"
#include "base/random.h"
#include "service/audit.h"
#include "service/oauth_scope.h"
#include "service/oauth_token.h"
#include "store/token.h"

namespace wharf::service {
namespace {

constexpr std::int64_t kTokensAPage = 50;
constexpr std::size_t kLongestName = 255;

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }
Error not_found() { return {Errc::not_found, "Not Found"}; }

std::string trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(kSpace) - begin + 1));
}

Result<void> check_name(const std::string& name) {
  if (trimmed(name).empty()) return invalid("The name must not be empty");
  if (name.size() > kLongestName) return invalid("The name is too long: at most 255 characters");
  if (name == kBootstrapApplication) return invalid("The application name '" + name + "' is reserved");
  return {};
}

/// The keys of the request that made the change, and what it was about.
json::Object metadata_of(const ApplicationDetails& wanted, const std::string& client_id) {
  json::Object metadata{{"name", wanted.name}, {"application_name", wanted.name}, {"client_id", client_id}};
  if (wanted.redirect_uri) metadata["redirect_uri"] = *wanted.redirect_uri;
  if (wanted.application_uri) metadata["application_uri"] = *wanted.application_uri;
  if (wanted.description) metadata["description"] = *wanted.description;
  if (wanted.avatar_email) metadata["avatar_email"] = *wanted.avatar_email;
  return metadata;
}

json::Object metadata_of(const store::Application& application) {
  return {{"application_name", application.name}, {"client_id", application.client_id}};
}

json::Object metadata_of(const store::Application& application, const std::string& uuid,
                         const std::optional<std::string>& name, const std::string& scope) {
  auto metadata = metadata_of(application);
  metadata["oauth_token_uuid"] = uuid;
  metadata["scope"] = scope;
  metadata["token_display_name"] = name ? json::Value(*name) : json::Value();
  return metadata;
}

std::optional<std::string> unless_empty(const std::optional<std::string>& text) {
  return text && !text->empty() ? text : std::nullopt;
}

/// The organization's application, and whether the caller administers it.
struct Found {
  store::Application application;
  bool admin = false;
};

Result<Found> find_own(db::Tx& tx, const auth::Principal& who, const std::string& organization,
                       const std::string& client_id, bool looking) {
  const auto access = require_organization_admin(tx, who, organization, looking);
  if (!access) return access.error();
  auto application = store::find_application_by_client(tx, client_id);
  if (!application || application->organization_id != access->row().namespace_id) return not_found();
  return Found{std::move(*application), access->is_namespace_admin()};
}

ApplicationTokenView view_of(const store::OAuthToken& token) {
  ApplicationTokenView view{.uuid = token.uuid,
                            .name = {},
                            .scope = token.scope,
                            .expires_at = iso8601(token.expires_ms),
                            .created = iso8601(token.created_ms),
                            .created_by = token.account_name,
                            .last_accessed = {},
                            .token = {}};
  if (token.name) view.name = *token.name;
  if (token.last_accessed_ms) view.last_accessed = iso8601(*token.last_accessed_ms);
  return view;
}

/// Whether who administers an organization may hand out `wanted`: no more than their own token has, and what is only
/// for superusers only as one.
bool may_hand_out(const auth::Principal& who, auth::ScopeSet wanted) {
  if (who.scopes && !who.scopes->contains(wanted)) return false;
  return !wanted.has(auth::ScopeSet::super_user) || auth::require_superuser(who).has_value();
}

}  // namespace

std::string application_context(std::string_view client_id) { return "application:" + std::string(client_id); }

std::string_view auth_method(const auth::Principal& who) {
  using Means = auth::Principal::Means;
  if (who.means == Means::oauth_token) return "oauth";
  return who.means == Means::session ? "session" : "basic";
}

ApplicationView ApplicationService::view_of(const store::Application& application, bool with_secrets) const {
  ApplicationView view{.name = application.name,
                       .description = application.description,
                       .application_uri = application.application_uri,
                       .client_id = application.client_id,
                       .client_secret = {},
                       .redirect_uri = {},
                       .avatar_email = {}};
  if (!with_secrets) return view;
  auto secret = tools_.secrets.open(application.sealed_secret, application_context(application.client_id));
  if (!secret) throw Accident(secret.error());
  view.client_secret = std::move(*secret);
  view.redirect_uri = application.redirect_uri;
  if (application.avatar_email) view.avatar_email = *application.avatar_email;
  return view;
}

awaitable<Result<PublicApplication>> ApplicationService::information(auth::Principal who, std::string client_id) {
  if (who.anonymous() && !tools_.settings.features.anonymous_access) co_return auth::refusal(who);
  auto job = [who, client_id](db::Tx& tx) -> Result<PublicApplication> {
    const auto application = store::find_application_by_client(tx, client_id);
    const auto owner = application ? store::find_account(tx, application->organization_id) : std::nullopt;
    if (!owner) return not_found();
    auto organization = organization_view(tx, who, auth::Access::find(tx, who, {owner->name, ""}));
    if (!organization) return organization.error();
    if (organization->teams) organization->teams->clear();
    if (organization->ordered_teams) organization->ordered_teams->clear();
    return PublicApplication{.name = application->name,
                             .description = application->description,
                             .uri = application->application_uri,
                             .avatar = make_avatar(AvatarKind::app, application->name, application->avatar_email),
                             .organization = std::move(*organization)};
  };
  co_return co_await tools_.db.read(std::move(job));
}

awaitable<Result<ApplicationViews>> ApplicationService::list(auth::Principal who, std::string organization) {
  auto job = [this, who, organization](db::Tx& tx) -> Result<ApplicationViews> {
    const auto access = require_organization_admin(tx, who, organization, true);
    if (!access) return access.error();
    ApplicationViews views;
    for (const auto& application : store::list_applications(tx, access->row().namespace_id)) {
      views.applications.push_back(view_of(application, access->is_namespace_admin()));
    }
    return views;
  };
  co_return co_await tools_.db.read(std::move(job));
}

awaitable<Result<ApplicationView>> ApplicationService::create(auth::Principal who, std::string organization,
                                                              ApplicationDetails wanted) {
  const auto client_id = random_text(20, kUpperAndDigits);
  const auto sealed = tools_.secrets.seal(random_text(40, kUpperAndDigits), application_context(client_id));
  auto job = [this, who, organization, wanted, client_id, sealed](db::Tx& tx) -> Result<ApplicationView> {
    const auto access = require_organization_admin(tx, who, organization);
    if (!access) return access.error();
    if (auto ok = check_name(wanted.name); !ok) return ok.error();
    const auto organization_id = access->row().namespace_id;
    const store::NewApplication row{.namespace_id = organization_id,
                                    .client_id = client_id,
                                    .name = wanted.name,
                                    .description = wanted.description.value_or(""),
                                    .sealed_secret = sealed,
                                    .application_uri = wanted.application_uri.value_or(""),
                                    .redirect_uri = wanted.redirect_uri.value_or(""),
                                    .avatar_email = unless_empty(wanted.avatar_email)};
    store::insert_application(tx, row, now_ms());
    audit(tx, who, "create_application", {.namespace_id = organization_id}, metadata_of(wanted, client_id));
    return view_of(store::find_application_by_client(tx, client_id).value(), true);
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<ApplicationView>> ApplicationService::find(auth::Principal who, std::string organization,
                                                            std::string client_id) {
  auto job = [this, who, organization, client_id](db::Tx& tx) -> Result<ApplicationView> {
    const auto found = find_own(tx, who, organization, client_id, true);
    if (!found) return found.error();
    return view_of(found->application, found->admin);
  };
  co_return co_await tools_.db.read(std::move(job));
}

awaitable<Result<ApplicationView>> ApplicationService::update(auth::Principal who, std::string organization,
                                                              std::string client_id, ApplicationDetails wanted) {
  auto job = [this, who, organization, client_id, wanted](db::Tx& tx) -> Result<ApplicationView> {
    auto found = find_own(tx, who, organization, client_id, false);
    if (!found) return found.error();
    if (auto ok = check_name(wanted.name); !ok) return ok.error();
    auto& application = found->application;
    application.name = wanted.name;
    application.redirect_uri = wanted.redirect_uri.value_or("");
    application.application_uri = wanted.application_uri.value_or("");
    application.description = wanted.description.value_or("");
    application.avatar_email = unless_empty(wanted.avatar_email);
    store::update_application(tx, application);
    audit(tx, who, "update_application", {.namespace_id = application.organization_id}, metadata_of(wanted, client_id));
    return view_of(application, true);
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> ApplicationService::remove(auth::Principal who, std::string organization,
                                                   std::string client_id) {
  auto job = [who, organization, client_id](db::Tx& tx) -> Result<bool> {
    const auto found = find_own(tx, who, organization, client_id, false);
    if (!found) return found.error();
    const auto& application = found->application;
    store::delete_application(tx, application.id);
    audit(tx, who, "delete_application", {.namespace_id = application.organization_id}, metadata_of(application));
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<ApplicationView>> ApplicationService::reset_secret(auth::Principal who, std::string organization,
                                                                    std::string client_id) {
  const auto sealed = tools_.secrets.seal(random_text(40, kUpperAndDigits), application_context(client_id));
  auto job = [this, who, organization, client_id, sealed](db::Tx& tx) -> Result<ApplicationView> {
    auto found = find_own(tx, who, organization, client_id, false);
    if (!found) return found.error();
    auto& application = found->application;
    application.sealed_secret = sealed;
    store::set_application_secret(tx, application.id, sealed);
    audit(tx, who, "reset_application_client_secret", {.namespace_id = application.organization_id},
          metadata_of(application));
    return view_of(application, true);
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<ApplicationTokenViews>> ApplicationService::tokens(auth::Principal who, std::string organization,
                                                                    std::string client_id, std::string next_page) {
  const auto now = now_ms();
  const auto list = "application tokens:" + client_id;
  const auto after = pages_.read(list, next_page, now);
  const auto before_id = after > 0 ? after : std::numeric_limits<std::int64_t>::max();
  auto job = [who, organization, client_id, now, before_id](db::Tx& tx) -> Result<std::vector<store::OAuthToken>> {
    const auto found = find_own(tx, who, organization, client_id, true);
    if (!found) return found.error();
    return store::list_application_tokens(tx, found->application.id, now, before_id, kTokensAPage + 1);
  };
  auto rows = co_await tools_.db.read(std::move(job));
  if (!rows) co_return rows.error();
  ApplicationTokenViews views;
  // The extra row only tells of a next page.
  if (std::ssize(*rows) > kTokensAPage) {
    rows->pop_back();
    views.next_page = pages_.make(list, rows->back().id, now);
  }
  for (const auto& row : *rows) views.tokens.push_back(service::view_of(row));
  co_return views;
}

awaitable<Result<ApplicationTokenView>> ApplicationService::create_token(auth::Principal who, std::string organization,
                                                                         std::string client_id,
                                                                         NewApplicationToken wanted) {
  const auto name = trimmed(wanted.name);
  if (name.empty() || name.size() > kLongestName) co_return invalid("name: must have 1 to 255 characters");
  if (!is_offered_scope(wanted.scope, tools_.settings)) co_return invalid("scope: there is no such scope");
  const auto life_s = wanted.expiration_s.value_or(static_cast<double>(kLongestTokenSeconds));
  if (!std::isfinite(life_s) || life_s < 1) co_return invalid("expiration: must be at least one second");
  const auto life_ms =
      life_s >= static_cast<double>(kLongestTokenSeconds) ? kLongestTokenSeconds * 1000 : std::llround(life_s * 1000);
  const auto token = new_oauth_token();
  const auto scope = tidy_scope(wanted.scope);

  auto job = [this, who, organization, client_id, name, scope, life_ms,
              token](db::Tx& tx) -> Result<ApplicationTokenView> {
    const auto found = find_own(tx, who, organization, client_id, false);
    if (!found) return found.error();
    const auto& application = found->application;
    if (!may_hand_out(who, auth::ScopeSet::parse(scope))) return auth::refusal(who);
    const auto now = now_ms();
    if (const auto most = tools_.settings.most_application_tokens) {
      tx.lock("application tokens:" + std::to_string(application.id));
      if (store::count_application_tokens(tx, application.id, now) >= *most) {
        return invalid("The application has as many tokens as it may: " + std::to_string(*most));
      }
    }
    const store::NewOAuthToken row{.application_id = application.id,
                                   .account_id = who.account_id,
                                   .name = name,
                                   .prefix = std::string(oauth_token_prefix(token)),
                                   .secret_hash = oauth_token_hash(token),
                                   .scope = scope,
                                   .expires_ms = now + life_ms};
    const auto uuid = store::insert_oauth_token(tx, row, now);
    auto metadata = metadata_of(application, uuid, name, scope);
    metadata["auth_method"] = auth_method(who);
    audit(tx, who, "create_oauth_api_token", {.namespace_id = application.organization_id}, std::move(metadata));
    auto view = service::view_of(store::find_application_token(tx, application.id, uuid).value());
    view.token = token;
    return view;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> ApplicationService::remove_token(auth::Principal who, std::string organization,
                                                         std::string client_id, std::string uuid) {
  auto job = [who, organization, client_id, uuid](db::Tx& tx) -> Result<bool> {
    const auto found = find_own(tx, who, organization, client_id, false);
    if (!found) return found.error();
    const auto& application = found->application;
    const auto token = store::find_application_token(tx, application.id, uuid);
    if (!token) return not_found();
    store::delete_oauth_token(tx, token->id);
    auto metadata = metadata_of(application, token->uuid, token->name, token->scope);
    metadata["auth_method"] = auth_method(who);
    audit(tx, who, "revoke_oauth_api_token", {.namespace_id = application.organization_id}, std::move(metadata));
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

}  // namespace wharf::service
