#include "service/token.h"

#include <algorithm>
#include <cstring>

#include "auth/jwt.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/random.h"
#include "db/outage.h"
#include "service/audit.h"
#include "service/organization.h"
#include "store/account.h"
#include "store/repository.h"
#include "store/service_key.h"

namespace wharf::service {
namespace {

constexpr std::string_view kAnonymous = "(anonymous)";
constexpr std::size_t kMostForeignKeys = 256;
constexpr std::string_view kCatalogScope = "registry:catalog:*";
constexpr Millis kForeignKeyLifeMs = 5 * 60'000;
constexpr std::int64_t kQuayLongestLifeSeconds = 3660;

bool is_part_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

/// part(/part)*
bool is_path(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.back() == '/') return false;
  char before = 0;
  for (const char c : path) {
    if (c == '/' ? before == '/' : !is_part_character(c)) return false;
    before = c;
  }
  return true;
}

/// Whether `actions` is a list of known actions; sets those it names.
bool read_actions(std::string_view actions, RegistryScope& scope) {
  for (;;) {
    const auto comma = actions.find(',');
    const auto action = actions.substr(0, comma);
    if (action == "push") {
      scope.push = true;
    } else if (action == "pull") {
      scope.pull = true;
    } else if (action == "delete") {
      scope.remove = true;
    } else if (action == "*") {
      scope.all = true;
    } else {
      return false;
    }
    if (comma == std::string_view::npos) return true;
    actions.remove_prefix(comma + 1);
  }
}

/// Quay's `entity_kind`.
std::string_view entity_kind(const auth::Principal& who) {
  using Means = auth::Principal::Means;
  if (who.anonymous()) return "anonymous";
  if (who.kind == auth::Principal::Kind::robot) return "robot";
  if (who.means == Means::oauth_token) return "oauthtoken";
  if (who.means == Means::app_token) return "appspecifictoken";
  return "user";
}

Error bad_token(std::string detail) { return {Errc::bad_token, "Invalid bearer token", std::move(detail)}; }

std::string text_of(const json::Object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

bool flag_of(const json::Object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found && found->is_bool() && found->get_bool();
}

/// The caller that `context` and `sub` tell of.
std::optional<auth::Principal> read_principal(const json::Object& claims) {
  using Kind = auth::Principal::Kind;
  using Means = auth::Principal::Means;
  auth::Principal who;
  const auto* value = claims.if_contains("context");
  if (!value || !value->is_object()) return std::nullopt;
  const auto& context = value->get_object();
  const auto kind = text_of(context, "entity_kind");
  if (kind == "anonymous") return who;
  if (kind == "user") {
    who.means = Means::password;
  } else if (kind == "robot") {
    who.means = Means::robot_token;
  } else if (kind == "oauthtoken") {
    who.means = Means::oauth_token;
  } else if (kind == "appspecifictoken") {
    who.means = Means::app_token;
  } else {
    return std::nullopt;
  }
  who.kind = kind == "robot" ? Kind::robot : Kind::user;
  who.name = text_of(claims, "sub");
  const auto* id = context.if_contains("account_id");
  if (!id || !id->is_int64()) return std::nullopt;
  who.account_id = id->get_int64();
  if (const auto* scopes = context.if_contains("scopes")) {
    if (!scopes->is_string()) return std::nullopt;
    who.scopes = auth::ScopeSet::parse(std::string_view(scopes->get_string()));
  }
  who.superuser = flag_of(context, "superuser");
  who.read_only_superuser = flag_of(context, "read_only_superuser");
  who.restricted = flag_of(context, "restricted");
  if (who.means == Means::oauth_token || who.means == Means::app_token) {
    who.token_uuid = text_of(context, "entity_reference");
  }
  return who;
}

/// One entry of `access`.
std::optional<auth::RegistryGrant> read_grant(const json::Value& value) {
  if (!value.is_object()) return std::nullopt;
  const auto& entry = value.get_object();
  if (text_of(entry, "type") != "repository") return std::nullopt;
  auth::RegistryGrant grant;
  grant.name = text_of(entry, entry.contains("repository") ? "repository" : "name");
  if (const auto* id = entry.if_contains("id")) {
    if (!id->is_int64()) return std::nullopt;
    grant.repository_id = id->get_int64();
  }
  const auto* actions = entry.if_contains("actions");
  if (grant.name.empty() || !actions || !actions->is_array()) return std::nullopt;
  for (const auto& action : actions->get_array()) {
    if (action == "pull") {
      grant.pull = true;
    } else if (action == "push" || action == "delete") {
      // To delete is a part of pushing, as in Quay: clients that ask for it alone have been judged for a push.
      grant.push = grant.pull = true;
    } else if (action == "*") {
      grant.all = grant.push = grant.pull = true;
    } else {
      return std::nullopt;
    }
  }
  return grant;
}

/// The key id in the token's header, whatever else is wrong with it; "" for none.
std::string unchecked_kid(std::string_view bearer) {
  std::string kid;
  const auto note = [&kid](std::string_view id) -> const auth::VerifyKey* {
    kid = id;
    return nullptr;
  };
  // Without a key it goes no further than the header.
  if (auth::jwt::verify(bearer, note)) return {};
  return kid;
}

/// The organization that a push needs, in the caller's name. Answers false where there can be none of this name.
bool make_namespace(db::Tx& tx, const auth::Principal& who, const std::string& name, const Settings& settings) {
  const auto person = store::find_account(tx, who.account_id);
  if (!person || !is_account_name(name)) return false;
  NewOrganization wanted{.name = name};
  // Quay's way to an address of its own: the creator's, with the organization's name behind a plus.
  const auto at = person->email ? person->email->find('@') : std::string::npos;
  if (at != std::string::npos) wanted.email = person->email->substr(0, at) + '+' + name + person->email->substr(at);
  return make_organization(tx, who, wanted, settings);
}

}  // namespace

Result<RegistryScope> parse_scope(std::string_view scope, std::string_view host, const Settings& settings) {
  const Error undecodable{Errc::invalid_request,
                          "Unable to decode repository and actions: " + std::string(scope.substr(0, 300))};
  constexpr std::string_view kType = "repository:";
  const auto colon = scope.rfind(':');  // a host has one too
  if (!scope.starts_with(kType) || colon < kType.size()) return undecodable;
  const auto asked = scope.substr(kType.size(), colon - kType.size());

  RegistryScope parsed{.asked = std::string(asked), .name = {}};
  if (!read_actions(scope.substr(colon + 1), parsed)) return undecodable;
  auto path = asked;
  if (!host.empty() && path.starts_with(host) && path.substr(host.size()).starts_with('/') &&
      is_path(path.substr(host.size() + 1))) {
    path.remove_prefix(host.size() + 1);
  }
  if (!is_path(path)) return undecodable;

  const auto slash = path.find('/');
  if (slash == std::string_view::npos) {
    if (!settings.features.library_support) {
      return Error{Errc::invalid_request, "A namespace must be specified explicitly"};
    }
    parsed.name = {settings.library_namespace, std::string(path)};
  } else {
    parsed.name = {std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
  }
  const auto& name = parsed.name.name;
  if (!is_repository_name(name) ||
      (!settings.features.extended_repository_names && name.find('/') != std::string::npos)) {
    return Error{Errc::name_invalid, "Invalid repository name", {}, name.substr(0, 300)};
  }
  return parsed;
}

TokenService::TokenService(db::Database& db, const Settings& settings, auth::SigningKey key, PullMemory* memory)
    : db_(db), settings_(settings), key_(std::move(key)), memory_(memory), salt_(random_bytes(32)) {}

bool TokenService::keep_key(db::Tx& tx) const {
  const auto now = now_ms();
  if (store::node_key_expiry(tx, key_.kid()).value_or(0) > now + kKeyRenewalMs) return false;
  store::remove_expired_node_keys(tx, now);
  const auto jwk = json::to_text(key_.verify_key().jwk());
  store::put_node_key(tx, {key_.kid(), jwk, now + kKeyLifeMs}, now);
  return true;
}

void TokenService::publish_key() {
  auto keep = [this](db::Tx& tx) { return keep_key(tx), true; };
  db_.write_now(keep);
}

awaitable<bool> TokenService::renew_key() {
  auto keep = [this](db::Tx& tx) { return keep_key(tx), true; };
  co_return co_await db_.write(std::move(keep));
}

// ---- Issuing ----

Result<TokenService::Grant> TokenService::judge(db::Tx& tx, const auth::Principal& who,
                                                const RegistryScope& scope) const {
  Grant grant{.scope = scope};
  const auto access = auth::Access::find(tx, who, scope.name);
  const bool writable = !settings_.read_only;
  if (!access.namespace_exists()) {
    grant.make_namespace = scope.push && writable && settings_.create_namespace_on_push && !who.restricted &&
                           who.kind == auth::Principal::Kind::user && who.has(auth::ScopeSet::repo_create);
    return grant;
  }
  if (!access.row().namespace_enabled) {
    return Error{Errc::namespace_disabled,
                 "Namespace '" + scope.name.ns + "' has been disabled. Please contact a system administrator."};
  }
  if (access.repository_exists()) {
    if (access.row().repository_kind != "image") {
      return Error{Errc::unsupported, "This repository is for managing other resources than container images."};
    }
    // What is mirrored, or read-only, takes nothing from people.
    const bool open = writable && access.row().state == "NORMAL";
    grant.repository_id = access.repository_id();
    grant.push = scope.push && open && access.may(auth::Action::write);
    grant.pull = scope.pull && access.may(auth::Action::read);
    grant.remove = scope.remove && open && access.may(auth::Action::write);
    grant.all = scope.all && open && access.may(auth::Action::admin);
    return grant;
  }
  grant.make = scope.push && writable && !who.anonymous() && access.may_create();
  // By name, for those who rule the namespace: they may be told that there is no such repository. Onlookers may not.
  grant.pull = scope.pull && access.may(auth::Action::read) && (!access.looks_on() || access.may(auth::Action::write));
  return grant;
}

Result<std::vector<TokenService::Grant>> TokenService::judge_all(db::Tx& tx, const auth::Principal& who,
                                                                 const std::vector<RegistryScope>& scopes) const {
  std::vector<Grant> grants;
  grants.reserve(scopes.size());
  for (const auto& scope : scopes) {
    auto grant = judge(tx, who, scope);
    if (!grant) return grant.error();
    grants.push_back(std::move(*grant));
  }
  return grants;
}

Result<std::vector<TokenService::Grant>> TokenService::make_all(db::Tx& tx, const auth::Principal& who,
                                                                const std::vector<RegistryScope>& scopes) const {
  for (const auto& scope : scopes) {
    auto grant = judge(tx, who, scope);
    if (!grant) return grant.error();
    if (grant->make_namespace) {
      if (!make_namespace(tx, who, scope.name.ns, settings_)) {
        return Error{Errc::unsupported, "Cannot create organization"};
      }
      grant = judge(tx, who, scope);
      if (!grant) return grant.error();
    }
    if (!grant->make) continue;
    const auto access = auth::Access::find(tx, who, scope.name);
    const store::NewRepository wanted{
        .namespace_id = access.row().namespace_id,
        .name = scope.name.name,
        .visibility = settings_.create_private_repo_on_push ? store::Visibility::private_ : store::Visibility::public_,
        .description = {},
        .creator_id = who.account_id};
    // Nothing made: another push was faster, and what it made is judged below like any other.
    const auto made = store::create_repository(tx, wanted, now_ms());
    if (!made) continue;
    audit(tx, who, "create_repo", {wanted.namespace_id, *made},
          {{"repo", scope.name.name}, {"namespace", scope.name.ns}});
  }
  return judge_all(tx, who, scopes);
}

std::string TokenService::claims(const TokenRequest& request, const std::vector<Grant>& grants, Millis now,
                                 std::int64_t life_s) const {
  const auto& who = request.who;
  const auto now_s = now / 1000;
  json::Array access;
  for (const auto& grant : grants) {
    json::Array actions;
    if (grant.push) actions.emplace_back("push");
    if (grant.pull) actions.emplace_back("pull");
    if (grant.remove) actions.emplace_back("delete");
    if (grant.all) actions.emplace_back("*");
    json::Object entry{{"type", "repository"}, {"name", grant.scope.asked}, {"actions", std::move(actions)}};
    // What counts is the repository that was judged: what the client wrote may mean another one under another host.
    auto resolved = grant.scope.name.text();
    if (resolved != grant.scope.asked) entry["repository"] = std::move(resolved);
    if (grant.repository_id != 0) entry["id"] = grant.repository_id;
    access.push_back(std::move(entry));
  }
  const auto kind = entity_kind(who);
  json::Object context{{"version", 2}, {"entity_kind", kind}, {"kind", kind}};
  if (!who.anonymous()) {
    context["entity_reference"] = who.token_uuid.empty() ? who.name : who.token_uuid;
    context["user"] = who.name;
    context["account_id"] = who.account_id;
    if (who.scopes) context["scopes"] = who.scopes->text();
    if (who.superuser) context["superuser"] = true;
    if (who.read_only_superuser) context["read_only_superuser"] = true;
    if (who.restricted) context["restricted"] = true;
  }
  json::Object claims{{"iss", kService},
                      {"aud", request.service.empty() ? request.host : request.service},
                      {"iat", now_s},
                      {"nbf", now_s},
                      {"exp", now_s + life_s},
                      {"sub", who.anonymous() ? std::string(kAnonymous) : who.name},
                      {"access", std::move(access)},
                      {"context", std::move(context)}};
  return json::to_text(std::move(claims));
}

awaitable<Result<IssuedToken>> TokenService::issue(TokenRequest request) {
  if (request.scopes.size() > kMostScopes) co_return Error{Errc::invalid_request, "Too many scopes: at most 32"};
  std::vector<RegistryScope> scopes;
  for (const auto& text : request.scopes) {
    if (text.empty() && !request.who.anonymous()) continue;
    if (text.empty()) co_return Error{Errc::unauthenticated, "Requires authentication"};
    // Who may list what is judged at the list, by who calls.
    if (text == kCatalogScope) continue;
    auto scope = parse_scope(text, request.host, settings_);
    if (!scope) co_return scope.error();
    scopes.push_back(std::move(*scope));
  }
  if (request.scopes.empty() && request.who.anonymous())
    co_return Error{Errc::unauthenticated, "Requires authentication"};

  std::vector<Grant> grants;
  if (!scopes.empty()) {
    auto look = [this, &request, &scopes](db::Tx& tx) { return judge_all(tx, request.who, scopes); };
    auto judged = scopes.size() == 1 ? co_await db_.lookup(look) : co_await db_.read(look);
    if (!judged) co_return judged.error();
    grants = std::move(*judged);
    if (std::ranges::any_of(grants, [](const Grant& grant) { return grant.make || grant.make_namespace; })) {
      auto make = [this, &request, &scopes](db::Tx& tx) { return make_all(tx, request.who, scopes); };
      auto made = co_await db_.write(make);
      if (!made) co_return made.error();
      grants = std::move(*made);
    }
  }
  IssuedToken issued{.token = {}, .issued_ms = now_ms(), .expires_in_s = settings_.registry_token_seconds};
  issued.token = auth::jwt::sign(claims(request, grants, issued.issued_ms, issued.expires_in_s), key_);
  if (issued.token.size() > auth::jwt::kLargestToken) {
    co_return Error{Errc::invalid_request, "The scopes are too long for one token"};
  }
  remember(request, grants, issued.issued_ms);
  co_return issued;
}

bool TokenService::cut_off() const { return memory_ && memory_->on() && !db::is_reachable(db_); }

std::string TokenService::memory_key(const TokenRequest& request) const {
  std::string text = salt_;
  const auto add = [&text](std::string_view part) {
    text.append(std::to_string(part.size())).append(":").append(part);
  };
  add(request.credentials);
  add(request.host);
  add(request.service);
  for (const auto& scope : request.scopes) add(scope);
  return Digest::of(text).text();
}

void TokenService::remember(const TokenRequest& request, const std::vector<Grant>& grants, Millis now) {
  if (!memory_ || !memory_->on() || request.credentials.empty()) return;
  Granted granted{.who = request.who, .grants = grants, .at_ms = now};
  for (auto& grant : granted.grants) grant.push = grant.remove = grant.all = false;
  const auto key = memory_key(request);
  const std::lock_guard lock(granted_mutex_);
  granted_[key] = std::move(granted);
}

std::optional<IssuedToken> TokenService::issue_again(const TokenRequest& request, Millis now) {
  if (!memory_ || !memory_->on() || request.scopes.size() > kMostScopes) return std::nullopt;
  TokenRequest again = request;
  std::vector<Grant> grants;
  if (request.credentials.empty()) {
    again.who = {};
    for (const auto& text : request.scopes) {
      const auto scope = parse_scope(text, request.host, settings_);
      if (!scope) return std::nullopt;
      const auto known = memory_->repository(scope->name, now);
      if (!known || !known->is_public) continue;
      grants.push_back({.scope = *scope, .repository_id = known->id, .pull = scope->pull});
    }
    if (grants.empty()) return std::nullopt;
  } else {
    const auto key = memory_key(request);
    const std::lock_guard lock(granted_mutex_);
    const auto* known = granted_.find(key);
    if (!known || now - known->at_ms > memory_->grace_ms()) return std::nullopt;
    again.who = known->who;
    grants = known->grants;
  }
  IssuedToken issued{
      .token = {}, .issued_ms = now, .expires_in_s = std::min<std::int64_t>(300, settings_.registry_token_seconds)};
  issued.token = auth::jwt::sign(claims(again, grants, now, issued.expires_in_s), key_);
  return issued;
}

// ---- Checking ----

std::size_t TokenService::SignatureHash::operator()(std::string_view token) const {
  // Only tokens with a good signature get in, and the end of the signature is as good as random.
  return std::hash<std::string_view>()(token.substr(token.size() < 24 ? 0 : token.size() - 24));
}

std::optional<auth::VerifyKey> TokenService::find_key(std::string_view kid, Millis now) const {
  if (kid == key_.kid()) return key_.verify_key();
  const std::lock_guard lock(keys_mutex_);
  const auto found = foreign_keys_.find(kid);
  if (found == foreign_keys_.end() || found->second.trusted_until_ms <= now) return std::nullopt;
  return found->second.key;
}

bool TokenService::worth_asking(std::string_view bearer, Millis now) const {
  const auto kid = unchecked_kid(bearer);
  return !kid.empty() && !find_key(kid, now);
}

Result<TokenPointer> TokenService::verify(std::string_view bearer, std::string_view audience, Millis now) {
  auto& shard = shards_[SignatureHash()(bearer) % kShards];
  {
    const std::lock_guard lock(shard.mutex);
    if (const auto* known = shard.tokens.find(bearer)) {
      if (known->audience != audience) return bad_token("audience");
      if (known->token->expires_s + kLeewaySeconds <= now / 1000) return bad_token("expired");
      return known->token;
    }
  }
  auto token = check(bearer, audience, now);
  if (!token) return token.error();
  const std::lock_guard lock(shard.mutex);
  shard.tokens[bearer] = {*token, std::string(audience)};
  return token;
}

Result<TokenPointer> TokenService::check(std::string_view bearer, std::string_view audience, Millis now) {
  std::optional<auth::VerifyKey> key;
  const auto find = [&](std::string_view kid) -> const auth::VerifyKey* {
    key = find_key(kid, now);
    return key ? &*key : nullptr;
  };
  auto claims = auth::jwt::verify(bearer, find);
  if (!claims) return bad_token(claims.error().detail);
  const auth::jwt::TimeRules rules{
      .leeway_s = kLeewaySeconds,
      .max_life_s = std::max<std::int64_t>(kQuayLongestLifeSeconds, settings_.registry_token_seconds + 60)};
  const auto times = auth::jwt::check_times(*claims, now, rules);
  if (!times) return bad_token(times.error().detail);
  if (text_of(*claims, "iss") != kService) return bad_token("issuer");
  if (text_of(*claims, "aud") != audience) return bad_token("audience");
  if (text_of(*claims, "sub").empty()) return bad_token("no subject");

  auth::RegistryToken token;
  auto who = read_principal(*claims);
  if (!who) return bad_token("context");
  token.who = std::move(*who);
  token.expires_s = claims->at("exp").as_int64();
  const auto* access = claims->if_contains("access");
  if (!access || !access->is_array()) return bad_token("access");
  for (const auto& entry : access->get_array()) {
    auto grant = read_grant(entry);
    if (!grant) return bad_token("access");
    token.access.push_back(std::move(*grant));
  }
  return std::make_shared<const auth::RegistryToken>(std::move(token));
}

bool TokenService::trust_longer(const std::string& kid, Millis now) {
  const std::lock_guard lock(keys_mutex_);
  const auto found = foreign_keys_.find(kid);
  if (found == foreign_keys_.end() || now - found->second.found_ms > memory_->grace_ms()) return false;
  found->second.trusted_until_ms = now + 10'000;
  return true;
}

awaitable<Result<TokenPointer>> TokenService::verify_slow(std::string bearer, std::string audience, Millis now) {
  const auto kid = unchecked_kid(bearer);
  if (!kid.empty() && !find_key(kid, now)) {
    if (cut_off() && trust_longer(kid, now)) co_return verify(bearer, audience, now);
    auto find = [&kid, now](db::Tx& tx) { return store::find_node_key(tx, kid, now); };
    std::optional<std::string> jwk;
    try {
      jwk = co_await db_.lookup(find);
    } catch (const Accident&) {
      if (!cut_off() || !trust_longer(kid, now)) throw;
      co_return verify(bearer, audience, now);
    }
    if (!jwk) co_return bad_token("unknown key");
    const auto parsed = json::parse(*jwk);
    const auto key = parsed && parsed->is_object() ? auth::VerifyKey::from_jwk(parsed->get_object())
                                                   : Result<auth::VerifyKey>(bad_token("unreadable key"));
    // The row's name must be the key's own, or one key could pass for another.
    if (!key || key->kid() != kid) co_return bad_token("unreadable key");
    const std::lock_guard lock(keys_mutex_);
    const auto kept = kForeignKeyLifeMs + (memory_ ? memory_->grace_ms() : 0);
    std::erase_if(foreign_keys_, [=](const auto& entry) { return entry.second.found_ms + kept <= now; });
    if (foreign_keys_.size() >= kMostForeignKeys) foreign_keys_.erase(foreign_keys_.begin());
    foreign_keys_.insert_or_assign(kid, ForeignKey{*key, now + kForeignKeyLifeMs, now});
  }
  co_return verify(bearer, audience, now);
}

awaitable<std::vector<json::Value>> TokenService::keys(std::string service) {
  if (!db::is_storable_text(service)) co_return std::vector<json::Value>();
  auto list = [&service, now = now_ms()](db::Tx& tx) { return store::list_service_keys(tx, service, now); };
  const auto texts = co_await db_.read(list);
  std::vector<json::Value> keys;
  for (const auto& text : texts) {
    if (auto key = json::parse(text)) keys.push_back(std::move(*key));
  }
  co_return keys;
}

}  // namespace wharf::service
