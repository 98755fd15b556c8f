#include "ui/boot.h"

#include "base/json.h"
#include "service/session.h"

namespace wharf::ui {
namespace {

using http::Operation;
using http::Protocol;
using http::Response;
using service::Call;

/// Flags of Quay for what is always so here: its web UI hides things where they are off.
constexpr std::string_view kAlways[] = {
    "ADVERTISE_V2",
    "GENERAL_OCI_SUPPORT",
    "HELM_OCI_SUPPORT",
    "MANIFEST_SIZE_BACKFILL",
    "MANIFEST_SUBJECT_BACKFILL",
    "NAMESPACE_GARBAGE_COLLECTION",
    "REPOSITORY_ACTION_COUNTER",
    "REPOSITORY_GARBAGE_COLLECTION",
    "UI_V2",
};
/// And for what never is.
constexpr std::string_view kNever[] = {
    "ENABLE_STALE_MPU_CLEANUP", "PROXY_CACHE_BLOB_DOWNLOAD", "PROXY_PROTOCOL",
    "RESTRICTED_V1_PUSH",       "UI_DELAY_AFTER_WRITE",      "UI_MODELCARD",
};

struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

template <class Strings>
json::Array array_of(const Strings& texts) {
  json::Array array;
  for (const auto& text : texts) array.emplace_back(std::string(text));
  return array;
}

/// An object of the configuration, which is kept as JSON.
json::Value parsed(const std::string& text) {
  auto value = json::parse(text);
  return value ? std::move(*value) : json::Value(json::Object{});
}

json::Object features_of(const service::Features& features) {
  json::Object all;
  for (const auto& flag : service::feature_flags()) all[flag.name] = features.*flag.member;
  for (const auto name : service::absent_features()) all[name] = false;
  for (const auto name : kAlways) all[name] = true;
  for (const auto name : kNever) all[name] = false;
  return all;
}

/// The keys that Quay's web UI reads, and nothing that a stranger should not know.
json::Object config_of(const Call& call) {
  const auto& settings = call.services.settings;
  const auto colon = call.base_url.find("://");
  return json::Object{{"SERVER_HOSTNAME", call.base_url.substr(colon + 3)},
                      {"PREFERRED_URL_SCHEME", call.base_url.substr(0, colon)},
                      {"AUTHENTICATION_TYPE", settings.authentication_type},
                      {"REGISTRY_TITLE", settings.registry_title},
                      {"REGISTRY_TITLE_SHORT", settings.registry_title_short},
                      {"BRANDING", parsed(settings.branding)},
                      {"FOOTER_LINKS", parsed(settings.footer_links)},
                      {"CONTACT_INFO", array_of(settings.contact_info)},
                      {"DOCUMENTATION_ROOT", settings.documentation_root},
                      {"AVATAR_KIND", settings.avatar_kind},
                      {"LOCAL_OAUTH_HANDLER", settings.local_oauth_handler},
                      {"PUBLIC_NAMESPACES", array_of(settings.public_namespaces)},
                      {"TAG_EXPIRATION_OPTIONS", array_of(settings.tag_expiration_options)},
                      {"SEARCH_RESULTS_PER_PAGE", settings.search_results_per_page},
                      {"SEARCH_MAX_RESULT_PAGE_COUNT", settings.search_max_pages},
                      {"PERMANENTLY_DELETE_TAGS", settings.permanently_delete_tags},
                      {"QUOTA_BACKFILL", false},
                      {"SETUP_COMPLETE", true},
                      {"DEBUG", false},
                      {"DEFAULT_UI", "react"},
                      {"UI_DELAY_AFTER_WRITE_SECONDS", 0}};
}

Response json_of(const json::Object& body) {
  auto response = http::json_response(200, json::to_text(body) + "\n");
  response.add("Cache-Control", "no-store");
  return response;
}

awaitable<Result<Response>> config(Call& call, Nothing) {
  const auto& settings = call.services.settings;
  json::Object body{{"config", config_of(call)},
                    {"features", features_of(settings.features)},
                    {"oauth", json::Object{}},
                    {"external_login", json::Array{}},
                    {"registry_state", settings.read_only ? "readonly" : "normal"},
                    {"account_recovery_mode", false},
                    {"version_number", WHARF_VERSION}};
  co_return json_of(body);
}

awaitable<Result<Response>> csrf_token(Call& call, Nothing) {
  if (!call.csrf_token.empty()) {
    const json::Object body{{"csrf_token", call.csrf_token}};
    co_return json_of(body);
  }
  auto session = call.services.sessions.begin_anonymous(call.base_url);
  const json::Object body{{"csrf_token", session.csrf_token}};
  auto response = json_of(body);
  for (auto& header : session.headers) response.headers.push_back(std::move(header));
  co_return response;
}

Operation boot(std::string_view id, std::string_view path, std::string_view summary) {
  return {.id = id,
          .path = path,
          .summary = summary,
          .tag = "Web",
          .anonymous = true,
          .protocol = Protocol::web,
          .internal = true,
          .session = true};
}

}  // namespace

void add_boot_operations(service::OperationTable& table) {
  auto settings = boot("getConfig", "/config", "What a web UI must know of this registry.");
  settings.session = false;
  table.add(settings, config);
  table.add(boot("getCsrfToken", "/csrf_token", "The CSRF token of the caller's session, which is begun at need."),
            csrf_token);
}

}  // namespace wharf::ui
