#include "app/core.h"

#include <algorithm>
#include <future>
#include <thread>

#include "auth/access.h"
#include "auth/key.h"
#include "base/log.h"
#include "base/random.h"
#include "blob/backends.h"
#include "db/migrate.h"

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

/// Whoever makes the first user from elsewhere shows that they can read what the server prints.
service::Settings with_setup_code(service::Settings settings) {
  if (!settings.listens_on_loopback_only && !settings.user_initialize) {
    settings.setup_code = random_text(16, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789");
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

Result<std::unique_ptr<db::Database>> open_database(const Config& config) {
  db::Options options;
  options.uri = config.database_uri();
  options.readers = config.database_readers;
  auto database = db::Database::open(options);
  if (!database) return database.error();
  auto steps = db::migrate(**database, db::migrations());
  if (!steps) return steps.error();
  return database;
}

std::size_t worker_count(const Config& config) {
  if (config.worker_threads > 0) return static_cast<std::size_t>(config.worker_threads);
  const auto loops =
      config.event_loops > 0 ? static_cast<unsigned>(config.event_loops) : std::thread::hardware_concurrency();
  return std::max(4u, loops);
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
  settings.feature_super_users = features.super_users;
  settings.anonymous_access = features.anonymous_access;
  settings.library_support = features.library_support;
  settings.extended_repository_names = features.extended_repository_names;
  settings.public_catalog = features.public_catalog;
  settings.referrers_api = features.referrers_api;
  settings.user_initialize = features.user_initialize;
  settings.app_specific_tokens = features.app_specific_tokens;
  settings.restricted_users = features.restricted_users;
  settings.sparse_index = features.sparse_index;
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
  auto opening = std::async(std::launch::async, [&config] { return open_database(config); });
  auto making_store = std::async(std::launch::async, [&config, &options, &pool = *workers] {
    return options.memory_blobs
               ? Result<std::unique_ptr<blob::BlobStore>>(blob::make_memory_blob_store())
               : blob::make_filesystem_blob_store(config.blobs_folder(), config.uploads_folder(), pool);
  });
  auto keys = load_keys(config);
  auto database = opening.get();
  auto blobs = making_store.get();
  if (!keys) return keys.error();
  if (!database) return database.error();
  if (!blobs) return blobs.error();
  if ((*database)->engine() == db::Engine::postgres && config.database_secret_key.empty()) {
    log::warn("DATABASE_SECRET_KEY is not set: other nodes on this database cannot read what this one seals");
  }
  auth::set_access_rules({.superusers_full_access = config.features.superusers_full_access});

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
      settings_(with_setup_code(make_settings(config))),
      secrets_(parts_.database_secret),
      encrypted_(parts_.secret),
      cache_(kManifestCacheBytes),
      users_(*parts_.database, settings_, secrets_, encrypted_, parts_.secret, *parts_.slow),
      organizations_(*parts_.database, settings_),
      teams_(*parts_.database),
      robots_(*parts_.database, settings_, secrets_),
      permissions_(*parts_.database),
      repositories_(*parts_.database, settings_, parts_.secret),
      tags_(*parts_.database),
      manifests_(*parts_.database, settings_, cache_),
      uploads_(*parts_.database, settings_, *parts_.blobs),
      blobs_(*parts_.database, settings_, *parts_.blobs),
      logins_(service::LoginService::Parts{.db = *parts_.database,
                                           .settings = settings_,
                                           .users = users_,
                                           .pool = *parts_.slow,
                                           .secrets = secrets_,
                                           .encrypted = encrypted_}),
      tokens_(*parts_.database, settings_, parts_.signing),
      scans_(*parts_.database),
      health_(*parts_.database, *parts_.blobs, config.data),
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
                .published = published_} {}

Core::~Core() {
  // Their last jobs use the services.
  parts_.slow->join();
  parts_.workers->join();
}

}  // namespace wharf::app
