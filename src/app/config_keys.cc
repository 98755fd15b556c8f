#include "app/config_keys.h"

#include <deque>
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
constexpr std::string_view kSessions = "Sessions and tokens";
constexpr std::string_view kOut = "Mail and other connections out";
constexpr std::string_view kScanner = "The scanner";
constexpr std::string_view kLog = "The audit log";
constexpr std::string_view kPages = "The web pages";
constexpr std::string_view kFeatures = "Features";

#define AT(member) [](auto& config) -> auto& { return config.member; }

using Milliseconds = Count<1, 86'400'000>;
using Seconds = Count<0, 1'000'000'000>;

/// All but the features.
std::vector<Key> plain_keys() {
  return {
      key<PathValue>("DATA", kServer,
                     "The data folder: wharf.db, blobs/, uploads/ and keys/ live in it, and config.yaml is looked for.",
                     AT(data)),
      key<ListenValue>("LISTEN", kServer, "Where to listen. Port 0 takes any free port.", AT(listen)),
      key<PathValue>("TLS_CERTIFICATE", kServer,
                     "PEM file with the certificate and its chain. Not given: ssl.cert beside config.yaml, if it and "
                     "ssl.key are there. With a certificate the server speaks HTTPS alone.",
                     AT(tls_certificate)),
      key<PathValue>("TLS_KEY", kServer, "PEM file with the certificate's private key.", AT(tls_key)),
      key<Boolean>("TLS_SELF_SIGNED", kServer,
                   "Speak HTTPS with a certificate that the server makes and keeps in keys/.", AT(tls_self_signed)),
      key<LogLevelValue>("LOG_LEVEL", kServer, "The least important messages that are logged.", AT(log_level)),
      key<LogFormatValue>("LOG_FORMAT", kServer,
                          "How log lines look; auto is text on a terminal and JSON lines otherwise.", AT(log_format)),
      key<Boolean>("ACCESS_LOG", kServer, "One log line a request.", AT(access_log)),
      key<Count<0, 1024>>("EVENT_LOOPS", kServer, "Threads that serve connections; 0 is one a core.", AT(event_loops)),
      key<Count<0, 1024>>("WORKER_THREADS", kServer,
                          "Threads that hash passwords and blobs and wait for the disk; 0 is as many as event loops, 4 "
                          "at least.",
                          AT(worker_threads)),
      key<Count<1, 256>>("DB_READERS", kServer,
                         "Threads that read from the database; PostgreSQL: a quarter of the connections that the "
                         "server opens at most.",
                         AT(database_readers)),
      key<Count<0, 86'400>>("DB_OUTAGE_GRACE_S", kServer,
                            "Seconds for which pulls go on from memory while PostgreSQL is gone; 0: they do not. See "
                            "[scaling](scaling.md).",
                            AT(outage_grace)),
      key<Count<1, 3600>>("DB_REPLICA_MAX_LAG_S", kServer,
                          "Seconds that a replica of DB_READ_REPLICAS may be behind and still be read.",
                          AT(replica_max_lag)),
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

      key<HostName>(
          "SERVER_HOSTNAME", kName,
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

      key<DatabaseUri>(
          "DB_URI", kData,
          "The database; four slashes make an absolute SQLite path. Not given: wharf.db in the data folder.",
          AT(db_uri)),
      key<ReplicaList>("DB_READ_REPLICAS", kData,
                       "Standbys of a PostgreSQL, for what may be a little old: logs, search, figures of the registry; "
                       "see [scaling](scaling.md).",
                       AT(replica_uris)),
      key<StorageValue>(
          "DISTRIBUTED_STORAGE_CONFIG", kData,
          "Where blobs are kept: one location, or several ([scaling](scaling.md#moving-blobs)). Drivers: "
          "LocalStorage, S3Storage, RadosGWStorage, RHOCSStorage; see [scaling](scaling.md). Not given: blobs/ in the "
          "data folder.",
          AT(storage)),
      key<TextList>("DISTRIBUTED_STORAGE_PREFERENCE", kData,
                    "Storage locations by preference: new blobs go to the first. Not given: to the first of "
                    "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS, or else of DISTRIBUTED_STORAGE_CONFIG.",
                    AT(storage_preference)),
      key<TextList>("DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS", kData,
                    "Storage locations that Quay copies each blob to. Here a blob is in one location: see "
                    "DISTRIBUTED_STORAGE_PREFERENCE.",
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
                               "Minutes after which an upload that nobody goes on with is ended.",
                               AT(stale_upload_age)),
      key<SpanValue>("DEFAULT_TAG_EXPIRATION", kRegistry,
                     "How long a deleted tag can be restored; one of TAG_EXPIRATION_OPTIONS.",
                     AT(default_tag_expiration)),
      key<SpanList>("TAG_EXPIRATION_OPTIONS", kRegistry, "The spans that DEFAULT_TAG_EXPIRATION can be.",
                    AT(tag_expiration_options)),

      key<SpanValue>("LABELED_EXPIRATION_MINIMUM", kRegistry, "The shortest life that a tag can be given.",
                     AT(labeled_expiration_minimum)),
      key<SpanValue>("LABELED_EXPIRATION_MAXIMUM", kRegistry, "The longest life that a tag can be given.",
                     AT(labeled_expiration_maximum)),
      key<Boolean>("PERMANENTLY_DELETE_TAGS", kRegistry, "Writers may delete a tag beyond restoring.",
                   AT(permanently_delete_tags)),
      key<TextList>("LABEL_KEY_RESERVED_PREFIXES", kRegistry, "Labels cannot be given keys that begin so.",
                    AT(label_key_reserved_prefixes)),
      key<Count<1, 86'400>>("GARBAGE_COLLECTION_FREQUENCY", kRegistry,
                            "Seconds between two rounds of the garbage collection.", AT(gc_every)),

      key<SpanValue>("SESSION_TIMEOUT", kSessions, "How long a session lasts with FEATURE_PERMANENT_SESSIONS.",
                     AT(session_timeout)),
      key<SpanValue>("FRESH_LOGIN_TIMEOUT", kSessions,
                     "How long after giving the password what is dangerous can be done without giving it again.",
                     AT(fresh_login_timeout)),
      key<SpanValue>("USER_RECOVERY_TOKEN_LIFETIME", kSessions, "How long a mailed link to a new password is good.",
                     AT(recovery_lifetime)),
      key<Boolean>("BROWSER_API_CALLS_XHR_ONLY", kSessions,
                   "Browsers reach the API only from scripts (with X-Requested-With: XMLHttpRequest).",
                   AT(browser_calls_xhr_only)),
      key<OptionalBoolean>("SESSION_COOKIE_SECURE", kSessions,
                           "The session's cookie travels over HTTPS alone. Not given: where the scheme is https.",
                           AT(session_cookie_secure)),
      key<TextList>("CORS_ORIGIN", kSessions, "Origins whose pages may use the session of their visitor.",
                    AT(cors_origins)),
      key<TextList>("TRUSTED_PROXY_CIDR", kSessions,
                    "Addresses and networks of proxies whose X-Forwarded-For, -Proto and -Host are believed.",
                    AT(trusted_proxies)),
      key<TextList>("BLACKLISTED_EMAIL_DOMAINS", kSessions, "Nobody signs up with an address of these domains.",
                    AT(blacklisted_email_domains)),
      key<SpanValue>("APP_SPECIFIC_TOKEN_EXPIRATION", kSessions,
                     "How long an app specific token lives. Not given: until it is revoked.", AT(app_token_lifetime)),
      key<SpanValue>("EXPIRED_APP_SPECIFIC_TOKEN_GC", kSessions, "How long an expired one is kept.",
                     AT(expired_app_token_keep)),
      key<Count<0, 1'000'000>>("OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT", kSessions,
                               "Tokens that an application can have through the API; 0 is any number.",
                               AT(most_application_tokens)),
      key<TextList>("DIRECT_OAUTH_CLIENTID_WHITELIST", kSessions,
                    "Client ids that get a token with the user's password, without a consent page.",
                    AT(direct_oauth_clients)),
      key<Text>("LOCAL_OAUTH_HANDLER", kSessions, "Path of the page that shows a new token.", AT(local_oauth_handler)),
      key<Text>("BOOTSTRAP_TOKEN_OWNER", kSessions, "The superuser for whom the first token acts.",
                AT(bootstrap_owner)),
      key<PathValue>("BOOTSTRAP_TOKEN_PATH", kSessions,
                     "The file that gets the first token. Not given: machine-token.json in the data folder.",
                     AT(bootstrap_path)),
      key<Text>("BOOTSTRAP_TOKEN_SCOPE", kSessions, "The scopes of the first token.", AT(bootstrap_scope)),
      key<Count<1, 315'576'000>>("BOOTSTRAP_TOKEN_EXPIRATION", kSessions, "Seconds that it lives.",
                                 AT(bootstrap_lifetime)),
      key<Seconds>("UNAPPROVED_SERVICE_KEY_TTL_SEC", kSessions,
                   "Seconds after which a service key that nobody approved expires.", AT(unapproved_key_life)),
      key<Seconds>("EXPIRED_SERVICE_KEY_TTL_SEC", kSessions, "Seconds for which an expired service key is kept.",
                   AT(expired_key_life)),

      key<Text>("MAIL_SERVER", kOut, "Host of the mail server. Not given: no mail is sent.", AT(mail_server)),
      key<Count<1, 65'535>>("MAIL_PORT", kOut, "Its port.", AT(mail_port)),
      key<Boolean>("MAIL_USE_TLS", kOut,
                   "Speak to it over TLS or not at all: by STARTTLS, or from the first byte on port 465.",
                   AT(mail_use_tls)),
      key<Text>("MAIL_USERNAME", kOut, "User to sign in as there. Not given: nobody signs in.", AT(mail_username)),
      key<Text>("MAIL_PASSWORD", kOut, "Their password.", AT(mail_password), true),
      key<Text>("MAIL_DEFAULT_SENDER", kOut,
                "Where mails come from: `wharf@example.com` or `Wharf <wharf@example.com>`.", AT(mail_sender)),
      key<TextList>("SSRF_ALLOWED_HOSTS", kOut,
                    "Host names, addresses and networks (CIDR) that users may have the server connect to although they "
                    "are not public: private networks, `localhost`, `hooks.internal`.",
                    AT(ssrf_allowed_hosts)),
      key<TextList>("WEBHOOK_HOSTNAME_BLACKLIST", kOut,
                    "Host names with all below them, addresses and networks that no webhook goes to, allowed or not.",
                    AT(webhook_hostname_blacklist)),
      key<Count<1, 600>>("NOTIFICATION_SEND_TIMEOUT", kOut, "Seconds that the receiver of a notification gets.",
                         AT(notification_timeout)),
      key<Text>("HIPCHAT_API_URL", kOut, "Where notifications for HipChat go: a server that speaks its API, version 2.",
                AT(hipchat_url)),
      key<Text>("FLOWDOCK_API_URL", kOut,
                "Where notifications for Flowdock go: a server that speaks its API, version 1.", AT(flowdock_url)),

      key<FeedList>(
          "VULNERABILITY_FEEDS", kScanner,
          "What is fetched of vulnerabilities: names (`debian`, `ubuntu`, `alpine:v3.20`, `wolfi`, `chainguard`, "
          "`redhat`, `almalinux`, `rocky`, `oracle`, `amazon:2023`, `osv:npm` and OSV's other ecosystems, `go`, "
          "`kev`, `epss`, `nvd:2024`) and URLs of such files.",
          AT(vulnerability_feeds)),
      key<SpanValue>("VULNERABILITY_FEEDS_INTERVAL", kScanner, "How often each is asked for what is new.",
                     AT(vulnerability_feeds_interval)),
      key<SizeLimit>("SECURITY_SCANNER_V4_INDEX_MAX_LAYER_SIZE", kScanner,
                     "Images with a larger layer, as it is stored, are not scanned; 0 is no limit.",
                     AT(scan_max_layer_bytes)),
      key<Count<1, 3600>>("SECURITY_SCANNER_INDEXING_INTERVAL", kScanner,
                          "Seconds from one look into the queue to the next.", AT(scan_interval)),
      key<Count<1, 100>>("SECURITY_SCANNER_MAX_SCAN_RETRIES", kScanner,
                         "Attempts to scan an image before it has failed.", AT(scan_attempts)),
      key<SeverityValue>("NOTIFICATION_MIN_SEVERITY_ON_NEW_INDEX", kScanner,
                         "How bad an issue of an image's first report has to be for that.", AT(notify_min_severity)),

      key<Boolean>("ACTION_LOG_AUDIT_LOGINS", kLog, "Sign-ins are logged.", AT(audit_logins)),
      key<Boolean>("ACTION_LOG_AUDIT_LOGIN_FAILURES", kLog, "So are those that failed.", AT(audit_login_failures)),
      key<Boolean>("ACTION_LOG_AUDIT_PUSH_FAILURES", kLog, "So are pushes that failed.", AT(audit_push_failures)),
      key<Boolean>("ACTION_LOG_AUDIT_PULL_FAILURES", kLog, "So are pulls that failed.", AT(audit_pull_failures)),
      key<Boolean>("ACTION_LOG_AUDIT_DELETE_FAILURES", kLog, "So are deletions that failed.",
                   AT(audit_delete_failures)),
      key<SpanValue>("ACTION_LOG_ROTATION_THRESHOLD", kLog,
                     "Older entries are deleted with FEATURE_ACTION_LOG_ROTATION.", AT(log_rotation_threshold)),
      key<SpanValue>("ACTION_LOG_RETENTION", kLog, "Older entries are deleted in any case; 0s keeps them for good.",
                     AT(log_retention)),
      key<TextList>("DISABLED_FOR_AUDIT_LOGS", kLog, "Namespaces of which nothing is logged.", AT(no_audit_namespaces)),
      key<TextList>("DISABLED_FOR_PULL_LOGS", kLog, "Namespaces of which pulls are not logged.",
                    AT(no_pull_log_namespaces)),

      key<TextList>("CONTACT_INFO", kPages, "Addresses of those who run the registry.", AT(contact_info)),
      key<TextList>("PUBLIC_NAMESPACES", kPages, "Namespaces that everybody has in their list of organizations.",
                    AT(public_namespaces)),
      key<Text>("AVATAR_KIND", kPages, "local or gravatar.", AT(avatar_kind)),
      key<Text>("DOCUMENTATION_ROOT", kPages, "Address of the documentation.", AT(documentation_root)),
      key<MapValue>("BRANDING", kPages, "Logos for the web UI.", AT(branding)),
      key<MapValue>("FOOTER_LINKS", kPages, "Links at the foot of the web UI.", AT(footer_links)),
      key<Count<1, 100>>("SEARCH_RESULTS_PER_PAGE", kPages, "Results a page of a search.", AT(search_results_per_page)),
      key<Count<1, 1000>>("SEARCH_MAX_RESULT_PAGE_COUNT", kPages, "Pages that a search has at most.",
                          AT(search_max_pages)),
  };
}

#undef AT

/// The key FEATURE_<NAME> of one flag.
Key feature_key(const service::FeatureFlag& flag) {
  // The names live as long as the program.
  static std::deque<std::string> names;
  const bool mailing = flag.name == "MAILING";
  auto set = [member = flag.member, mailing](Config& config, const JsonValue& value, const Where& where) {
    auto complaint = Boolean::read(value, where, config.features.*member);
    if (mailing) config.mailing_demanded = config.features.*member;
    return complaint;
  };
  auto get = [member = flag.member](const Config& config) { return JsonValue(config.features.*member); };
  return {names.emplace_back("FEATURE_" + std::string(flag.name)),
          kFeatures,
          Boolean::kForm,
          flag.meaning,
          false,
          std::move(set),
          std::move(get)};
}

std::vector<Key> all_keys() {
  auto all = plain_keys();
  for (const auto& flag : service::feature_flags()) all.push_back(feature_key(flag));
  return all;
}

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

std::span<const Key> keys() {
  static const std::vector<Key> all = all_keys();
  return all;
}

const Key* find_key(std::string_view name) {
  const auto found = std::ranges::find(keys(), name, &Key::name);
  return found == keys().end() ? nullptr : &*found;
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
  for (const auto& known : keys()) consider(known.name);
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
  if (list != nullptr) {
    boost::json::array items;
    for (const auto& item : *list) {
      const auto* text = item.if_string();
      items.push_back(text == nullptr ? item : JsonValue(without_password(*text)));
    }
    return boost::json::serialize(items);
  }
  return value.is_object() ? "{...}" : boost::json::serialize(value);
}

std::string without_password(std::string_view uri) {
  const auto scheme_end = uri.find("://");
  if (scheme_end == std::string_view::npos) return std::string(uri);
  std::string result(uri);
  // libpq takes the password as a parameter too, and the last of several; that of a key for TLS is `sslpassword`.
  constexpr std::string_view kParameter = "password=";
  for (auto start = result.find(kParameter); start != std::string::npos; start = result.find(kParameter, start)) {
    start += kParameter.size();
    result.replace(start, std::min(result.find('&', start), result.size()) - start, "***");
  }
  // The last '@' and not the first after the scheme: people put passwords with '@' and '/' in without escaping them.
  const auto at = result.rfind('@');
  const auto colon = result.find(':', scheme_end + 3);
  if (at != std::string::npos && colon < at) result.replace(colon + 1, at - colon - 1, "***");
  return result;
}

}  // namespace wharf::app::detail
