#include "app/config_keys.h"

#include <vector>

#include "app/config_values.h"

namespace wharf::app::detail {
namespace {

constexpr std::string_view kServer = "This server";
constexpr std::string_view kLimits = "Limits on what clients send";
constexpr std::string_view kName = "Name and address";
constexpr std::string_view kData = "Database, storage and secrets";
constexpr std::string_view kPeople = "People and robots";
constexpr std::string_view kRegistry = "Repositories and tags";
constexpr std::string_view kFeatures = "Features";

#define AT(member) [](auto& config) -> auto& { return config.member; }

using Milliseconds = Count<1, 86'400'000>;
using Seconds = Count<0, 1'000'000'000>;

constexpr Key kKeys[] = {
    key<PathValue>("DATA", kServer,
                   "The data folder: wharf.db, blobs/, uploads/ and keys/ live in it, and config.yaml is looked for.",
                   AT(data)),
    key<ListenValue>("LISTEN", kServer, "Where to listen. Port 0 takes any free port.", AT(listen)),
    key<PathValue>("TLS_CERTIFICATE", kServer,
                   "PEM file with the certificate and its chain. Not given: ssl.cert beside config.yaml, if it and "
                   "ssl.key are there. With a certificate the server speaks HTTPS alone.",
                   AT(tls_certificate)),
    key<PathValue>("TLS_KEY", kServer, "PEM file with the certificate's private key.", AT(tls_key)),
    key<Boolean>("TLS_SELF_SIGNED", kServer, "Speak HTTPS with a certificate that the server makes and keeps in keys/.",
                 AT(tls_self_signed)),
    key<LogLevelValue>("LOG_LEVEL", kServer, "The least important messages that are logged.", AT(log_level)),
    key<LogFormatValue>("LOG_FORMAT", kServer,
                        "How log lines look; auto is text on a terminal and JSON lines otherwise.", AT(log_format)),
    key<Boolean>("ACCESS_LOG", kServer, "One log line a request.", AT(access_log)),
    key<Count<0, 1024>>("EVENT_LOOPS", kServer, "Threads that serve connections; 0 is one a core.", AT(event_loops)),
    key<Count<0, 1024>>("WORKER_THREADS", kServer,
                        "Threads that hash passwords and blobs and wait for the disk; 0 is as many as event loops, 4 "
                        "at least.",
                        AT(worker_threads)),
    key<Count<1, 256>>("DB_READERS", kServer, "Threads that read from the database.", AT(database_readers)),
    key<Count<0, 3600>>("SHUTDOWN_GRACE_S", kServer, "Seconds that requests in flight get when the server stops.",
                        AT(shutdown_grace)),

    key<Count<1, 1'000'000>>("MAX_CONNECTIONS", kLimits, "Connections open at once.", AT(limits.connections)),
    key<Count<1024, 1'048'576>>("MAX_HEAD_BYTES", kLimits, "Bytes of a request line and its headers.",
                                AT(limits.head_bytes)),
    key<Count<10, 10'000>>("MAX_HEADERS", kLimits, "Headers of a request.", AT(limits.headers)),
    key<SizeValue>("MAX_MANIFEST_SIZE", kLimits, "Size of a manifest.", AT(max_manifest_bytes)),
    key<Milliseconds>("HEAD_TIMEOUT_MS", kLimits, "Milliseconds from the first byte of a request's head to its end.",
                      AT(limits.head_timeout)),
    key<Milliseconds>("IDLE_TIMEOUT_MS", kLimits, "Milliseconds between two requests on a connection.",
                      AT(limits.idle_timeout)),
    key<Milliseconds>("STALL_TIMEOUT_MS", kLimits, "Milliseconds without a byte while one is due.",
                      AT(limits.stall_timeout)),
    key<Count<0, 1'000'000'000>>("MIN_BYTES_PER_SECOND", kLimits,
                                 "Slower peers are cut off, 30 seconds after a body began; 0 is any speed.",
                                 AT(limits.least_bytes_per_second)),

    key<HostName>("SERVER_HOSTNAME", kName,
                  "The public name, and port if it is not the scheme's: realm, service and audience of the registry's "
                  "tokens. Not given: what each request says in Host.",
                  AT(server_hostname)),
    key<SchemeValue>("PREFERRED_URL_SCHEME", kName,
                     "The scheme of the addresses that the server gives out. Not given: that of each request.",
                     AT(preferred_url_scheme)),
    key<Boolean>("EXTERNAL_TLS_TERMINATION", kName,
                 "A proxy before this server speaks HTTPS; PREFERRED_URL_SCHEME must be https.",
                 AT(external_tls_termination)),
    key<Text>("REGISTRY_TITLE", kName, "Name of the registry in the web pages.", AT(registry_title)),
    key<Text>("REGISTRY_TITLE_SHORT", kName, "The same, short.", AT(registry_title_short)),

    key<DatabaseUri>("DB_URI", kData,
                     "The database; four slashes make an absolute SQLite path. Not given: wharf.db in the data folder.",
                     AT(db_uri)),
    key<StorageValue>("DISTRIBUTED_STORAGE_CONFIG", kData,
                      "Where blobs are kept: one location with LocalStorage. Not given: blobs/ in the data folder.",
                      AT(storage)),
    key<TextList>("DISTRIBUTED_STORAGE_PREFERENCE", kData, "Storage locations by preference: the one that there is.",
                  AT(storage_preference)),
    key<TextList>("DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS", kData, "Storage locations for each blob: the one there is.",
                  AT(storage_default_locations)),
    key<Text>("SECRET_KEY", kData,
              "Key of sessions and encrypted passwords; random, 32 characters or more. Not given: one in keys/.",
              AT(secret_key), true),
    key<Text>("DATABASE_SECRET_KEY", kData,
              "Key of the secrets in the database (robot tokens and the like): without it they are lost. Random, 32 "
              "characters or more. Not given: one in keys/.",
              AT(database_secret_key), true),

    key<AuthenticationType>("AUTHENTICATION_TYPE", kPeople, "Who knows the passwords: the database.",
                            AT(authentication_type)),
    key<TextList>("SUPER_USERS", kPeople, "Superusers. Not given or empty: the first user.", AT(super_users)),
    key<TextList>("GLOBAL_READONLY_SUPER_USERS", kPeople, "Users who may read everything and change nothing.",
                  AT(global_readonly_super_users)),
    key<TextList>("RESTRICTED_USERS_WHITELIST", kPeople, "Users whom FEATURE_RESTRICTED_USERS leaves alone.",
                  AT(restricted_users_whitelist)),
    key<Boolean>("ROBOTS_DISALLOW", kPeople, "Robots cannot sign in, nor be made.", AT(robots_disallow)),
    key<TextList>("ROBOTS_WHITELIST", kPeople, "Robots that ROBOTS_DISALLOW leaves alone.", AT(robots_whitelist)),
    key<Count<60, 604'800>>("REGISTRY_JWT_AUTH_MAX_FRESH_S", kPeople, "Longest life of a registry token, in seconds.",
                            AT(registry_jwt_max_fresh)),
    key<Seconds>("LAST_ACCESSED_UPDATE_THRESHOLD_S", kPeople,
                 "Seconds for which a newer last use of an account or a token is not written.",
                 AT(last_accessed_update_threshold)),

    key<RegistryStateValue>("REGISTRY_STATE", kRegistry, "readonly refuses every change.", AT(registry_state)),
    key<Boolean>("DISABLE_PUSHES", kRegistry, "Refuses pushes, and pushes alone.", AT(disable_pushes)),
    key<Text>("LIBRARY_NAMESPACE", kRegistry, "Namespace of repositories that are named without one.",
              AT(library_namespace)),
    key<Boolean>("CREATE_PRIVATE_REPO_ON_PUSH", kRegistry, "A push that makes a repository makes it private.",
                 AT(create_private_repo_on_push)),
    key<Boolean>("CREATE_NAMESPACE_ON_PUSH", kRegistry, "A push to an organization that does not exist makes it.",
                 AT(create_namespace_on_push)),
    key<SizeValue>("MAXIMUM_LAYER_SIZE", kRegistry, "Size of a blob.", AT(maximum_layer_bytes)),
    key<Count<1, 10'000>>("V2_PAGINATION_SIZE", kRegistry, "Entries a page of /v2 lists; below 100 it counts as 100.",
                          AT(v2_pagination_size)),
    key<Count<1, 31'536'000>>("PUSH_TEMP_TAG_EXPIRATION_SEC", kRegistry,
                              "Seconds for which a manifest without a tag is kept.", AT(push_temp_tag_expiration)),
    key<Count<1, 5'256'000>>("BLOBUPLOAD_DELETION_DATE_THRESHOLD", kRegistry,
                             "Minutes after which an upload that nobody goes on with is ended.", AT(stale_upload_age)),
    key<SpanValue>("DEFAULT_TAG_EXPIRATION", kRegistry,
                   "How long a deleted tag can be restored; one of TAG_EXPIRATION_OPTIONS.",
                   AT(default_tag_expiration)),
    key<SpanList>("TAG_EXPIRATION_OPTIONS", kRegistry, "The spans that DEFAULT_TAG_EXPIRATION can be.",
                  AT(tag_expiration_options)),

    key<Boolean>("FEATURE_ANONYMOUS_ACCESS", kFeatures, "Public repositories can be read without signing in.",
                 AT(features.anonymous_access)),
    key<Boolean>("FEATURE_APP_SPECIFIC_TOKENS", kFeatures, "Users can make tokens for their clients.",
                 AT(features.app_specific_tokens)),
    key<Boolean>("FEATURE_EXTENDED_REPOSITORY_NAMES", kFeatures, "Repository names may have more than one part.",
                 AT(features.extended_repository_names)),
    key<Boolean>("FEATURE_LIBRARY_SUPPORT", kFeatures, "Repositories can be named without a namespace.",
                 AT(features.library_support)),
    key<Boolean>("FEATURE_PUBLIC_CATALOG", kFeatures, "/v2/_catalog lists public repositories to anybody.",
                 AT(features.public_catalog)),
    key<Boolean>("FEATURE_REFERRERS_API", kFeatures, "The referrers of a manifest can be listed.",
                 AT(features.referrers_api)),
    key<Boolean>("FEATURE_RESTRICTED_USERS", kFeatures,
                 "Users outside RESTRICTED_USERS_WHITELIST cannot make organizations, nor push to their own namespace.",
                 AT(features.restricted_users)),
    key<Boolean>("FEATURE_SPARSE_INDEX", kFeatures, "An image index may name manifests that are not here.",
                 AT(features.sparse_index)),
    key<Boolean>("FEATURE_SUPERUSERS_FULL_ACCESS", kFeatures, "Superusers may do everything in every namespace.",
                 AT(features.superusers_full_access)),
    key<Boolean>("FEATURE_SUPER_USERS", kFeatures, "There are superusers.", AT(features.super_users)),
    key<Boolean>("FEATURE_USER_INITIALIZE", kFeatures,
                 "The first user can be made through the API from anywhere, without the set-up code.",
                 AT(features.user_initialize)),
};

#undef AT

/// Edits (insert, delete, replace) between two names. Source: Wagner and Fischer, 1974.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::span<const Key> keys() { return kKeys; }

const Key* find_key(std::string_view name) {
  const auto found = std::ranges::find(kKeys, name, &Key::name);
  return found == std::end(kKeys) ? nullptr : found;
}

bool is_quay_key(std::string_view name) {
  constexpr std::string_view kLogin = "_LOGIN_CONFIG";
  return std::ranges::binary_search(quay_keys(), name) || (name.ends_with(kLogin) && name.size() > kLogin.size());
}

std::string_view nearest_key(std::string_view name) {
  if (name.size() > 100) return {};
  std::string_view nearest;
  auto least = name.size() / 3 + 1;
  const auto consider = [&](std::string_view known) {
    const auto edits = distance(name, known);
    if (edits < least) {
      least = edits;
      nearest = known;
    }
  };
  for (const auto& known : kKeys) consider(known.name);
  for (const auto known : quay_keys()) consider(known);
  return nearest;
}

std::string shown(const JsonValue& value, bool secret) {
  if (value.is_null()) return "";
  if (const auto* text = value.if_string()) {
    if (text->empty()) return "";
    return secret ? "***" : without_password(*text);
  }
  if (secret) return "***";
  // A map (of a storage driver, say) may hold secrets under names that are not known here.
  const auto* list = value.if_array();
  const auto nested = [](const JsonValue& item) { return item.is_structured(); };
  if (list != nullptr && std::ranges::any_of(*list, nested)) return "[...]";
  return value.is_object() ? "{...}" : boost::json::serialize(value);
}

std::string without_password(std::string_view uri) {
  const auto scheme_end = uri.find("://");
  if (scheme_end == std::string_view::npos) return std::string(uri);
  std::string result(uri);
  // libpq takes the password as a parameter too.
  if (const auto parameter = result.find("password="); parameter != std::string::npos) {
    const auto start = parameter + std::string_view("password=").size();
    result.replace(start, std::min(result.find('&', start), result.size()) - start, "***");
  }
  // The last '@' and not the first after the scheme: people put passwords with '@' and '/' in without escaping them.
  const auto at = result.rfind('@');
  const auto colon = result.find(':', scheme_end + 3);
  if (at != std::string::npos && colon < at) result.replace(colon + 1, at - colon - 1, "***");
  return result;
}

}  // namespace wharf::app::detail
