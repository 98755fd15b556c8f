#include "app/core.h"

#include <algorithm>
#include <future>
#include <thread>

#include "auth/access.h"
#include "auth/key.h"
#include "base/log.h"
#include "base/random.h"
#include "blob/backends.h"
#include "db/clock_lead.h"
#include "db/migrate.h"
#include "service/audit.h"
#include "service/avatar.h"
#include "service/registry_identity.h"
#include "store/blob_left.h"

namespace wharf::app {
namespace {

// Manifests that were pulled lately, by digest: one is a few KiB.
constexpr std::size_t kManifestCacheBytes = 16u << 20;

std::set<std::string> as_set(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

Result<bool> make_folder(const std::filesystem::path& folder, std::filesystem::perms mode) {
  std::error_code failed;
  const bool made = std::filesystem::create_directories(folder, failed);
  if (!failed && made) std::filesystem::permissions(folder, mode, failed);
  if (!failed && !std::filesystem::is_directory(folder, failed))
    failed = std::make_error_code(std::errc::not_a_directory);
  if (failed) {
    return Error{Errc::invalid_request, "The folder " + folder.string() + " cannot be used: " + failed.message()};
  }
  return true;
}

/// The key that the configuration gives, or else the one in `file`.
Result<auth::SecretKey> key_of(const std::string& configured, const std::filesystem::path& file) {
  if (!configured.empty()) return auth::SecretKey::from_text(configured);
  return auth::load_or_make_key_file(file);
}

/// 16 letters. Every node of a registry has the same where it is given a SECRET_KEY: a proxy sends the request to any.
std::string setup_code(const Config& config, const auth::SecretKey& secret) {
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  constexpr std::size_t kLength = 16;
  if (config.secret_key.empty()) return random_text(kLength, kLetters);
  std::string code;
  const auto key = secret.derive("set-up code");
  for (const auto byte : key.bytes().first<kLength>()) code += kLetters[byte % kLetters.size()];
  return code;
}

/// Whoever makes the first user from elsewhere shows that they can read what the server prints.
service::Settings with_setup_code(service::Settings settings, const Config& config, const auth::SecretKey& secret) {
  if (!settings.listens_on_loopback_only && !settings.features.user_initialize) {
    settings.setup_code = setup_code(config, secret);
  }
  return settings;
}

struct Keys {
  auth::SecretKey secret;
  auth::SecretKey database_secret;
  auth::SigningKey signing;
};

Result<Keys> load_keys(const Config& config) {
  const auto folder = config.keys_folder();
  auto secret = key_of(config.secret_key, folder / "secret.key");
  if (!secret) return secret.error();
  auto database_secret = key_of(config.database_secret_key, folder / "database-secret.key");
  if (!database_secret) return database_secret.error();
  auto signing = auth::SigningKey::load_or_make(folder);
  if (!signing) return signing.error();
  return Keys{std::move(*secret), std::move(*database_secret), std::move(*signing)};
}

constexpr auto kMostClockLead = std::chrono::seconds(5);

Result<std::unique_ptr<db::Database>> open_database(const Config& config, bool with_replicas) {
  db::Options options;
  options.uri = config.database_uri();
  options.readers = config.database_readers;
  options.replica_max_lag = config.replica_max_lag;
  if (with_replicas) options.replica_uris = config.replica_uris;
  auto database = db::Database::open(options);
  if (!database) return database.error();
  auto steps = db::migrate(**database, db::migrations());
  if (!steps) return steps.error();
  try {
    const auto lead = db::clock_lead(**database);
    if (std::chrono::abs(lead) > kMostClockLead) {
      log::warn("this machine's clock and the database's differ: expiries and leases are off by as much",
                {{"database_ahead_ms", lead.count()}});
    }
  } catch (const Accident& accident) {
    return accident.error();
  }
  return database;
}

/// For how long pulls go on without the database. One in a file does not go away by itself.
std::chrono::milliseconds outage_grace(const Config& config) {
  return config.database_uri().starts_with("sqlite:") ? std::chrono::milliseconds(0) : config.outage_grace;
}

blob::S3Options s3_options(const ObjectStorage& objects) {
  blob::S3Options options;
  options.scheme = objects.scheme;
  options.host = objects.host;
  options.path_style = objects.path_style;
  options.bucket = objects.bucket;
  options.prefix = objects.prefix;
  options.region = objects.region;
  options.region_is_known = objects.region_is_known;
  options.credentials = {objects.access_key, objects.secret_key, {}};
  options.ca_file = objects.ca_file;
  options.least_part_bytes = objects.least_part_bytes;
  options.most_part_bytes = objects.most_part_bytes;
  return options;
}

Result<std::unique_ptr<blob::BlobStore>> make_location(const Config& config, std::size_t at,
                                                       boost::asio::thread_pool& pool) {
  const auto& location = config.storage[at];
  if (location.objects) return blob::make_s3_blob_store(s3_options(*location.objects), pool);
  return blob::make_filesystem_blob_store(config.blobs_folder(at), config.uploads_folder(at), pool);
}

/// What is moved from one folder to another is deleted where it was: two names of one folder would lose it.
Result<bool> check_folders_differ(const Config& config) {
  for (std::size_t i = 0; i < config.storage.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (config.storage[i].objects || config.storage[j].objects) continue;
      std::error_code failed;
      if (!std::filesystem::equivalent(config.blobs_folder(i), config.blobs_folder(j), failed)) continue;
      return Error{Errc::invalid_request, "DISTRIBUTED_STORAGE_CONFIG: " + config.storage[j].id + " and " +
                                              config.storage[i].id + " are the same folder"};
    }
  }
  return true;
}

Result<std::unique_ptr<blob::LocatedBlobStore>> make_blob_store(const Config& config, bool in_memory,
                                                                boost::asio::thread_pool& pool) {
  std::vector<blob::LocatedBlobStore::Location> locations;
  for (std::size_t at = 0; at < config.storage.size(); ++at) {
    Result<std::unique_ptr<blob::BlobStore>> store =
        in_memory ? blob::make_memory_blob_store() : make_location(config, at, pool);
    if (!store) return store.error();
    locations.push_back({config.storage[at].id, std::move(*store)});
  }
  if (auto differ = check_folders_differ(config); !in_memory && !differ) return differ.error();
  return std::make_unique<blob::LocatedBlobStore>(std::move(locations), config.storage_target());
}

/// Before anything carries one of the names.
void note_locations(db::Database& database, const Config& config) {
  if (config.storage.size() < 2) return;
  std::vector<std::string> ids;
  for (const auto& location : config.storage) ids.push_back(location.id);
  auto note = [&ids](db::Tx& tx) {
    store::note_locations(tx, ids);
    return true;
  };
  database.write_now(std::move(note));
}

std::size_t worker_count(const Config& config) {
  if (config.worker_threads > 0) return static_cast<std::size_t>(config.worker_threads);
  const auto loops =
      config.event_loops > 0 ? static_cast<unsigned>(config.event_loops) : std::thread::hardware_concurrency();
  return std::max(4u, loops);
}

void set_session_rules(service::Settings& settings, const Config& config) {
  settings.session_timeout_s = config.session_timeout.seconds.count();
  settings.fresh_login_timeout_s = config.fresh_login_timeout.seconds.count();
  settings.recovery_lifetime_s = config.recovery_lifetime.seconds.count();
  settings.browser_calls_xhr_only = config.browser_calls_xhr_only;
  settings.session_cookie_secure = config.session_cookie_secure;
  settings.cors_origins = config.cors_origins;
  settings.trusted_proxies = config.trusted_proxies;
  settings.blacklisted_email_domains = as_set(config.blacklisted_email_domains);
  if (!config.app_token_lifetime.text.empty()) {
    settings.app_token_lifetime_s = config.app_token_lifetime.seconds.count();
  }
  settings.app_token_expired_keep_s = config.expired_app_token_keep.seconds.count();
  if (config.most_application_tokens > 0) settings.most_application_tokens = config.most_application_tokens;
  settings.direct_oauth_clients = as_set(config.direct_oauth_clients);
  settings.local_oauth_handler = config.local_oauth_handler;
  settings.bootstrap_owner = config.bootstrap_owner;
  const auto bootstrap_file =
      config.bootstrap_path.empty() ? config.data / "machine-token.json" : config.bootstrap_path;
  settings.bootstrap_path = bootstrap_file.string();
  settings.bootstrap_scope = config.bootstrap_scope;
  settings.bootstrap_lifetime_s = config.bootstrap_lifetime.count();
  settings.unapproved_key_s = config.unapproved_key_life.count();
  settings.expired_key_s = config.expired_key_life.count();
}

void set_mail_and_log_rules(service::Settings& settings, const Config& config) {
  settings.mail_server = config.mail_server;
  settings.mail_port = config.mail_port;
  settings.mail_use_tls = config.mail_use_tls;
  settings.mail_username = config.mail_username;
  settings.mail_password = config.mail_password;
  settings.mail_sender = config.mail_sender;
  settings.ssrf_allowed_hosts = config.ssrf_allowed_hosts;
  settings.webhook_hostname_blacklist = config.webhook_hostname_blacklist;
  settings.notification_timeout_s = config.notification_timeout.count();
  settings.hipchat_url = config.hipchat_url;
  settings.flowdock_url = config.flowdock_url;
  settings.audit_logins = config.audit_logins;
  settings.audit_login_failures = config.audit_login_failures;
  settings.audit_push_failures = config.audit_push_failures;
  settings.audit_pull_failures = config.audit_pull_failures;
  settings.audit_delete_failures = config.audit_delete_failures;
  settings.log_retention_s = config.log_retention.seconds.count();
  if (config.features.action_log_rotation) {
    const auto threshold = config.log_rotation_threshold.seconds.count();
    settings.log_retention_s = settings.log_retention_s > 0 ? std::min(settings.log_retention_s, threshold) : threshold;
  }
  settings.no_audit_namespaces = as_set(config.no_audit_namespaces);
  settings.no_pull_log_namespaces = as_set(config.no_pull_log_namespaces);
  settings.contact_info = config.contact_info;
  settings.public_namespaces = config.public_namespaces;
  settings.avatar_kind = config.avatar_kind;
  settings.documentation_root = config.documentation_root;
  settings.branding = config.branding;
  settings.footer_links = config.footer_links;
  settings.search_results_per_page = config.search_results_per_page;
  settings.search_max_pages = config.search_max_pages;
  settings.authentication_type = config.authentication_type;
  settings.config_dump = config_dump(config);
}

}  // namespace

service::Settings make_settings(const Config& config) {
  const auto& features = config.features;
  service::Settings settings;
  settings.server_hostname = config.server_hostname;
  // "http" without a name is the default and says nothing: then the request knows better.
  if (config.preferred_url_scheme == "https" || !config.server_hostname.empty()) {
    settings.preferred_url_scheme = config.preferred_url_scheme;
  }
  settings.super_users = as_set(config.super_users);
  settings.read_only_super_users = as_set(config.global_readonly_super_users);
  if (config.restricted_users_whitelist) settings.restricted_whitelist = as_set(*config.restricted_users_whitelist);
  settings.features = features;
  settings.features.mailing = config.mailing();
  settings.create_private_repo_on_push = config.create_private_repo_on_push;
  settings.create_namespace_on_push = config.create_namespace_on_push;
  settings.disable_pushes = config.disable_pushes;
  settings.read_only = config.registry_state == RegistryState::readonly;
  settings.robots_disallow = config.robots_disallow;
  settings.robots_whitelist = as_set(config.robots_whitelist);
  settings.library_namespace = config.library_namespace;
  settings.maximum_layer_bytes = config.maximum_layer_bytes;
  settings.maximum_manifest_bytes = config.max_manifest_bytes;
  // Source: Quay's effective page size.
  settings.page_size = std::max(config.v2_pagination_size, 100);
  settings.push_temp_tag_seconds = static_cast<int>(config.push_temp_tag_expiration.count());
  // Quay issues tokens for an hour and takes them for a minute more.
  settings.registry_token_seconds =
      std::max(60, std::min(3600, static_cast<int>(config.registry_jwt_max_fresh.count()) - 60));
  settings.default_tag_expiration_s = config.default_tag_expiration.seconds.count();
  settings.last_use_threshold_ms = std::chrono::milliseconds(config.last_accessed_update_threshold).count();
  for (const auto& option : config.tag_expiration_options) {
    if (&option == &config.tag_expiration_options.front()) {
      settings.tag_expiration_options.clear();
      settings.tag_expiration_options_s.clear();
    }
    settings.tag_expiration_options.push_back(option.text);
    settings.tag_expiration_options_s.push_back(option.seconds.count());
  }
  settings.labeled_expiration_minimum_s = config.labeled_expiration_minimum.seconds.count();
  settings.labeled_expiration_maximum_s = config.labeled_expiration_maximum.seconds.count();
  settings.permanently_delete_tags = config.permanently_delete_tags;
  settings.label_key_reserved_prefixes = config.label_key_reserved_prefixes;
  settings.gc_every_s = config.gc_every.count();
  set_session_rules(settings, config);
  set_mail_and_log_rules(settings, config);
  settings.registry_title = config.registry_title;
  settings.registry_title_short = config.registry_title_short;
  // Behind somebody else's TLS the whole world may stand at the loopback's other end.
  settings.listens_on_loopback_only = config.listen.is_loopback() && !config.external_tls_termination;
  return settings;
}

Result<std::unique_ptr<Core>> Core::open(const Config& config, Options options) {
  using std::filesystem::perms;
  if (auto ok = make_folder(config.data, perms::owner_all | perms::group_read | perms::group_exec); !ok) {
    return ok.error();
  }
  if (auto ok = make_folder(config.keys_folder(), perms::owner_all); !ok) return ok.error();

  auto workers = std::make_unique<boost::asio::thread_pool>(worker_count(config));
  // A password is checked in 200 ms of CPU: few at once, so that they do not crowd out everything else.
  auto slow = std::make_unique<boost::asio::thread_pool>(std::max(1u, std::thread::hardware_concurrency() / 2));

  // On a new data folder each of the three waits for the disk several times: they wait together.
  auto opening =
      std::async(std::launch::async, [&config, &options] { return open_database(config, options.replicas); });
  auto making_store = std::async(std::launch::async, [&config, &options, &pool = *workers] {
    return make_blob_store(config, options.memory_blobs, pool);
  });
  auto keys = load_keys(config);
  auto database = opening.get();
  auto blobs = making_store.get();
  if (!keys) return keys.error();
  if (!database) return database.error();
  if (!blobs) return blobs.error();
  if (auto same = service::settle_identity(**database, keys->secret, keys->database_secret); !same) {
    return same.error();
  }
  note_locations(**database, config);
  if ((*database)->engine() == db::Engine::postgres && config.database_secret_key.empty()) {
    log::warn("DATABASE_SECRET_KEY is not set: other nodes on this database cannot read what this one seals");
  }
  auth::set_access_rules({.superusers_full_access = config.features.superusers_full_access});
  service::set_gravatar(config.avatar_kind == "gravatar");
  service::set_audit_rules({.silent_namespaces = as_set(config.no_audit_namespaces)});

  Parts parts{.workers = std::move(workers),
              .slow = std::move(slow),
              .database = std::move(*database),
              .blobs = std::move(*blobs),
              .secret = std::move(keys->secret),
              .database_secret = std::move(keys->database_secret),
              .signing = std::move(keys->signing)};
  std::unique_ptr<Core> core(new Core(config, std::move(parts)));
  core->tokens_.publish_key();
  return core;
}

Core::Core(const Config& config, Parts parts)
    : parts_(std::move(parts)),
      settings_(with_setup_code(make_settings(config), config, parts_.secret)),
      secrets_(parts_.database_secret),
      encrypted_(parts_.secret),
      cache_(kManifestCacheBytes),
      memory_(outage_grace(config).count()),
      users_(*parts_.database, settings_, secrets_, encrypted_, parts_.secret, *parts_.slow),
      organizations_(*parts_.database, settings_),
      teams_(*parts_.database),
      robots_(*parts_.database, settings_, secrets_),
      permissions_(*parts_.database),
      repositories_(*parts_.database, settings_, parts_.secret),
      tags_(*parts_.database, settings_),
      uploads_(*parts_.database, settings_, *parts_.blobs),
      blobs_(*parts_.database, settings_, *parts_.blobs, memory_),
      logins_(service::LoginService::Parts{.db = *parts_.database,
                                           .settings = settings_,
                                           .users = users_,
                                           .pool = *parts_.slow,
                                           .secrets = secrets_,
                                           .encrypted = encrypted_,
                                           .key = &parts_.secret}),
      tokens_(*parts_.database, settings_, parts_.signing, &memory_),
      scans_(*parts_.database, parts_.secret),
      health_(*parts_.database, *parts_.blobs, config.data, outage_grace(config)),
      mails_(*parts_.database, settings_, secrets_),
      tools_{.db = *parts_.database,
             .settings = settings_,
             .secrets = secrets_,
             .encrypted = encrypted_,
             .key = parts_.secret,
             .passwords = *parts_.slow,
             .blobs = *parts_.blobs,
             .users = users_,
             .logins = logins_,
             .mails = mails_},
      manifests_(tools_, cache_, memory_),
      sessions_(tools_),
      profiles_(tools_),
      user_notifications_(tools_),
      stars_(tools_),
      prototypes_(tools_),
      invitations_(tools_),
      federations_(tools_),
      applications_(tools_),
      oauth_(tools_),
      app_tokens_(tools_),
      audit_log_(tools_),
      superusers_(tools_),
      service_keys_(tools_),
      messages_(tools_),
      registry_size_(tools_),
      insight_(tools_),
      garbage_(tools_),
      labels_(tools_),
      immutability_(tools_),
      search_(tools_),
      notifications_(tools_),
      repository_emails_(tools_),
      events_(*parts_.database, settings_),
      pull_counts_(tools_),
      services_{.settings = settings_,
                .users = users_,
                .organizations = organizations_,
                .teams = teams_,
                .robots = robots_,
                .permissions = permissions_,
                .repositories = repositories_,
                .tags = tags_,
                .manifests = manifests_,
                .uploads = uploads_,
                .blobs = blobs_,
                .logins = logins_,
                .tokens = tokens_,
                .scans = scans_,
                .health = health_,
                .sessions = sessions_,
                .profiles = profiles_,
                .user_notifications = user_notifications_,
                .stars = stars_,
                .prototypes = prototypes_,
                .invitations = invitations_,
                .federations = federations_,
                .applications = applications_,
                .oauth = oauth_,
                .app_tokens = app_tokens_,
                .audit_log = audit_log_,
                .superusers = superusers_,
                .service_keys = service_keys_,
                .messages = messages_,
                .registry_size = registry_size_,
                .insight = insight_,
                .garbage = garbage_,
                .labels = labels_,
                .immutability = immutability_,
                .search = search_,
                .notifications = notifications_,
                .repository_emails = repository_emails_,
                .events = events_,
                .pull_counts = pull_counts_,
                .mails = mails_,
                .published = published_} {}

Core::~Core() {
  // Their last jobs use the services.
  parts_.slow->join();
  parts_.workers->join();
}

}  // namespace wharf::app
