#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "http/server.h"
#include "service/features.h"

/// What the operator decided: defaults, then config.yaml, then the environment, then flags.
namespace wharf::app {

/// Where the server listens: "127.0.0.1:8080", "localhost:0", "[::1]:8080".
struct Listen {
  std::string host = "127.0.0.1";  ///< An address or name, without brackets.
  std::uint16_t port = 8080;       ///< 0: any free port.

  /// Nothing unless `text` is HOST:PORT; an IPv6 address needs its brackets.
  static std::optional<Listen> parse(std::string_view text);
  std::string text() const;
  /// Whether only this machine can connect: 127.0.0.0/8, ::1 or localhost.
  bool is_loopback() const;
  friend bool operator==(const Listen&, const Listen&) = default;
};

/// A span of time as Quay writes it, kept with its text: the API gives the text back.
struct Span {
  std::string text = "0s";
  std::chrono::seconds seconds{0};

  /// `<number><unit>` with s, m (minutes), h, d, w or y (365 days).
  static std::optional<Span> parse(std::string_view text);
  friend bool operator==(const Span&, const Span&) = default;
};

/// Bytes in "20G" (10^9), "20GiB" or "20Gi" (2^30), "500 MB", "1234". Source: Quay reads sizes so, through bitmath.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// A bucket of an object store: what S3Storage, RadosGWStorage and RHOCSStorage say.
struct ObjectStorage {
  std::string driver;
  std::string scheme = "https", host;  ///< With a port, if it is unusual.
  std::string bucket, prefix, region = "us-east-1";
  std::string access_key, secret_key;  ///< Both empty: from the environment, or the instance's role.
  std::string ca_file;
  bool path_style = true;
  bool region_is_known = true;  ///< False: nothing names it, and the store is asked.
  std::uint64_t least_part_bytes = 8 * 1024 * 1024, most_part_bytes = 128 * 1024 * 1024;
};

/// A place where blobs are kept.
struct StorageLocation {
  std::string id = "default";            ///< With several: 1 to 64 letters, digits, '_', '-' and '.'.
  std::filesystem::path path;            ///< Of LocalStorage. Empty: `blobs/` of the data folder.
  std::optional<ObjectStorage> objects;  ///< Instead of a folder.
};

enum class RegistryState { normal, readonly };

struct Config {
  // This server.
  std::filesystem::path data = "data";
  Listen listen;
  std::filesystem::path tls_certificate, tls_key;  ///< PEM files; both or neither.
  bool tls_self_signed = false;                    ///< TLS with a certificate made at start and kept in keys/.
  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::automatic;
  bool access_log = true;
  std::vector<std::string> unknown_keys;  ///< That were given and mean nothing here.
  int event_loops = 0;                    ///< 0: one a core.
  int worker_threads = 0;                 ///< 0: as many as event loops, at least 4.
  int database_readers = 4;
  std::chrono::seconds outage_grace{3600};
  std::chrono::seconds replica_max_lag{10};
  std::chrono::seconds shutdown_grace{30};
  http::Limits limits;
  std::uint64_t max_manifest_bytes = 4u << 20;

  // What it is called.
  std::string server_hostname;       ///< Empty: the request's Host.
  std::string preferred_url_scheme;  ///< "http" or "https"; empty: as the request came.
  bool external_tls_termination = false;
  std::string registry_title = "Wharf";
  std::string registry_title_short = "Wharf";

  // What it stores.
  std::string db_uri;                                       ///< Empty: SQLite in the data folder; see `database_uri()`.
  std::vector<std::string> replica_uris;                    ///< Of PostgreSQL, as `db_uri` is then.
  std::vector<StorageLocation> storage{StorageLocation{}};  ///< One at least.
  std::vector<std::string> storage_preference, storage_default_locations;  ///< Ids.
  std::string secret_key;                                                  ///< Empty: a key file in keys/.
  std::string database_secret_key;                                         ///< Empty: a key file in keys/.

  // Who may do what.
  std::string authentication_type = "Database";
  std::vector<std::string> super_users, global_readonly_super_users;
  std::optional<std::vector<std::string>> restricted_users_whitelist;
  bool robots_disallow = false;
  std::vector<std::string> robots_whitelist;
  service::Features features;
  RegistryState registry_state = RegistryState::normal;
  bool disable_pushes = false;

  // Repositories and tags.
  std::string library_namespace = "library";
  bool create_private_repo_on_push = true;
  bool create_namespace_on_push = false;
  std::uint64_t maximum_layer_bytes = 20'000'000'000;
  int v2_pagination_size = 50;  ///< As configured; Quay never pages below 100.
  std::chrono::seconds push_temp_tag_expiration{3600};
  std::chrono::minutes stale_upload_age{2880};
  Span default_tag_expiration{"2w", std::chrono::weeks(2)};
  std::vector<Span> tag_expiration_options{{"0s", std::chrono::seconds(0)},
                                           {"1d", std::chrono::days(1)},
                                           {"1w", std::chrono::weeks(1)},
                                           {"2w", std::chrono::weeks(2)},
                                           {"4w", std::chrono::weeks(4)}};

  Span labeled_expiration_minimum{"1h", std::chrono::hours(1)};
  Span labeled_expiration_maximum{"104w", std::chrono::weeks(104)};
  bool permanently_delete_tags = false;
  std::vector<std::string> label_key_reserved_prefixes;
  std::chrono::seconds gc_every{30};

  // Tokens.
  std::chrono::seconds registry_jwt_max_fresh{3660};
  std::chrono::seconds last_accessed_update_threshold{60};
  Span app_token_lifetime{"", std::chrono::seconds(0)};  ///< Empty: they do not expire.
  Span expired_app_token_keep{"1d", std::chrono::days(1)};
  std::int64_t most_application_tokens = 0;  ///< 0: any number.
  std::vector<std::string> direct_oauth_clients;
  std::string local_oauth_handler = "/oauth/localapp";
  std::string bootstrap_owner;
  std::filesystem::path bootstrap_path;
  std::string bootstrap_scope = "org:admin repo:admin repo:create repo:read repo:write super:user user:admin user:read";
  std::chrono::seconds bootstrap_lifetime{3600};
  std::chrono::seconds unapproved_key_life{86'400}, expired_key_life{604'800};

  // Sessions.
  Span session_timeout{"31d", std::chrono::days(31)};
  Span fresh_login_timeout{"10m", std::chrono::minutes(10)};
  Span recovery_lifetime{"30m", std::chrono::minutes(30)};
  bool browser_calls_xhr_only = true;
  std::optional<bool> session_cookie_secure;
  std::vector<std::string> cors_origins, trusted_proxies, blacklisted_email_domains;

  // Mail and other connections out.
  std::string mail_server;
  int mail_port = 587;
  bool mail_use_tls = true;
  std::string mail_username, mail_password;
  std::string mail_sender = "admin@example.com";
  std::vector<std::string> ssrf_allowed_hosts, webhook_hostname_blacklist;
  std::chrono::seconds notification_timeout{10};
  std::string hipchat_url = "https://api.hipchat.com", flowdock_url = "https://api.flowdock.com";

  // The scanner.
  std::uint64_t scan_max_layer_bytes = 0;
  std::chrono::seconds scan_interval{1};
  int scan_attempts = 5;
  std::string notify_min_severity = "High";  ///< In Quay's words.
  std::vector<std::string> vulnerability_feeds;
  Span vulnerability_feeds_interval{"6h", std::chrono::hours(6)};

  // The audit log.
  bool audit_logins = true, audit_login_failures = false, audit_push_failures = false, audit_pull_failures = false,
       audit_delete_failures = false;
  Span log_rotation_threshold{"30d", std::chrono::days(30)};
  Span log_retention{"1y", std::chrono::days(365)};
  std::vector<std::string> no_audit_namespaces, no_pull_log_namespaces;

  // What the web UI is told.
  std::vector<std::string> contact_info, public_namespaces;
  std::string avatar_kind = "local", documentation_root;
  std::string branding = "{}", footer_links = "{}";  ///< JSON objects.
  int search_results_per_page = 10, search_max_pages = 10;

  /// Whether mail is sent.
  bool mailing() const { return features.mailing && (!mail_server.empty() || mailing_demanded); }
  bool mailing_demanded = false;  ///< FEATURE_MAILING was given as true.

  /// Whether the server itself speaks TLS.
  bool tls() const { return tls_self_signed || !tls_certificate.empty(); }
  /// `sqlite:///<absolute path>` or `postgresql://…`.
  std::string database_uri() const;
  /// Which of `storage` new blobs go to: the first of DISTRIBUTED_STORAGE_PREFERENCE, else of
  /// DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS, else the first.
  std::size_t storage_target() const;
  /// The folder of a LocalStorage.
  std::filesystem::path blobs_folder(std::size_t location = 0) const {
    const auto& path = storage[location].path;
    return path.empty() ? data / "blobs" : path;
  }
  /// On the file system of the blobs, so that a finished upload becomes a blob by rename.
  std::filesystem::path uploads_folder(std::size_t location = 0) const {
    const auto& path = storage[location].path;
    return path.empty() ? data / "uploads" : path / "uploads";
  }
  std::filesystem::path keys_folder() const { return data / "keys"; }
};

/// Where the values come from; later members win over earlier ones.
struct ConfigSources {
  std::filesystem::path
      file;  ///< Of --config. Empty: WHARF_CONFIG, or `config.yaml` of the data folder if it is there.
  std::map<std::string, std::string> environment;
  std::vector<std::pair<std::string, std::string>> flags;  ///< Key and text: {"LISTEN", "127.0.0.1:0"}.
};

/// The environment of this process.
std::map<std::string, std::string> process_environment();

struct LoadedConfig {
  Config config;
  std::filesystem::path file;         ///< The file that was read; empty: none.
  std::vector<std::string> warnings;  ///< Sentences for the log.
  std::vector<std::string> set;       ///< Keys that were given anywhere, sorted.
};

/// Reads and checks everything.
///
/// Environment: QUAY_OVERRIDE_CONFIG holds a JSON object of keys; WHARF_<KEY> holds one key and wins over it (lists as
/// JSON or with commas, maps as JSON). A null and an empty variable count as not given.
/// Errors: invalid_request with one line for each wrong value: key, value (secrets masked), source, what would be
/// right.
Result<LoadedConfig> load_config(const ConfigSources& sources);

/// One value as it is in force, for people: {"LISTEN", "127.0.0.1:8080"}; secrets are masked.
std::vector<std::pair<std::string, std::string>> describe_config(const Config& config);

/// For superusers, as one JSON object: `config` has the values as they are, `schema` what there is to configure,
/// `warning` the keys that are without effect, `env` the names of the variables that were set. Secrets are masked, and
/// so is whatever may hold one. Source: Quay, "Superuser", config.
std::string config_dump(const Config& config);

/// docs/configuration.md: every key with its form, default and meaning.
std::string config_reference_markdown();

}  // namespace wharf::app
