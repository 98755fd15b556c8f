#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "service/features.h"

namespace wharf::service {

/// The part of the configuration that the product's rules read. app/ fills it from config.yaml's keys of these names.
struct Settings {
  std::string server_hostname;       ///< "" : the Host of each request.
  std::string preferred_url_scheme;  ///< "" : as the request came.
  std::set<std::string> super_users;
  std::set<std::string> read_only_super_users;
  std::set<std::string> restricted_whitelist;
  Features features;
  bool create_private_repo_on_push = true;
  bool create_namespace_on_push = false;
  bool disable_pushes = false;
  bool read_only = false;  ///< REGISTRY_STATE: readonly
  bool robots_disallow = false;
  std::set<std::string> robots_whitelist;
  std::string library_namespace = "library";
  std::uint64_t maximum_layer_bytes = 20ull * 1024 * 1024 * 1024;
  std::uint64_t maximum_manifest_bytes = 4ull * 1024 * 1024;
  int page_size = 100;  ///< Of /v2 lists: max(V2_PAGINATION_SIZE, 100).
  int push_temp_tag_seconds = 3600;
  int registry_token_seconds = 3600;
  std::int64_t default_tag_expiration_s = 1209600;
  std::vector<std::string> tag_expiration_options = {"0s", "1d", "1w", "2w", "4w"};  ///< As configured, for clients.
  std::vector<std::int64_t> tag_expiration_options_s = {0, 86'400, 604'800, 1'209'600, 2'419'200};
  std::int64_t labeled_expiration_minimum_s = 3'600;
  std::int64_t labeled_expiration_maximum_s = 104 * 604'800;
  bool permanently_delete_tags = false;
  std::vector<std::string> label_key_reserved_prefixes;
  std::int64_t gc_every_s = 30;                 ///< Between two rounds of the collection.
  std::int64_t last_use_threshold_ms = 60'000;  ///< A newer last use of an account or a token is not written before.
  std::string registry_title = "Wharf";
  std::string registry_title_short = "Wharf";
  bool listens_on_loopback_only = true;
  // Sessions and sign-in.
  std::int64_t session_timeout_s = 31 * 86'400;
  std::int64_t fresh_login_timeout_s = 600;
  std::int64_t recovery_lifetime_s = 1'800;   ///< Of a link that lets one set a new password.
  bool browser_calls_xhr_only = true;         ///< BROWSER_API_CALLS_XHR_ONLY
  std::optional<bool> session_cookie_secure;  ///< SESSION_COOKIE_SECURE; none: as the scheme says.
  std::vector<std::string> cors_origins;      ///< Those that may send cookies.
  std::vector<std::string> trusted_proxies;   ///< Addresses and CIDRs whose X-Forwarded-* is believed.
  std::set<std::string> blacklisted_email_domains;

  // Tokens.
  std::optional<std::int64_t> app_token_lifetime_s;  ///< None: they do not expire.
  std::int64_t app_token_expired_keep_s = 86'400;
  std::optional<std::int64_t> most_application_tokens;
  std::set<std::string> direct_oauth_clients;  ///< DIRECT_OAUTH_CLIENTID_WHITELIST
  std::string local_oauth_handler = "/oauth/localapp";
  std::string bootstrap_owner, bootstrap_path, bootstrap_scope;
  std::int64_t bootstrap_lifetime_s = 3'600;
  std::int64_t unapproved_key_s = 86'400;  ///< A service key that nobody approves lasts so long.
  std::int64_t expired_key_s = 604'800;    ///< And an expired one is kept so long.

  // Mail and other connections out.
  std::string mail_server;  ///< features.mailing says whether mail is on.
  int mail_port = 587;
  bool mail_use_tls = true;
  std::string mail_username, mail_password;
  std::string mail_sender = "admin@example.com";
  std::vector<std::string> ssrf_allowed_hosts;
  std::vector<std::string> webhook_hostname_blacklist;
  std::int64_t notification_timeout_s = 10;
  std::string hipchat_url = "https://api.hipchat.com";    ///< Where messages to HipChat go.
  std::string flowdock_url = "https://api.flowdock.com";  ///< And those to Flowdock.

  // The audit log.
  bool audit_logins = true, audit_login_failures = false, audit_push_failures = false, audit_pull_failures = false,
       audit_delete_failures = false;
  std::int64_t log_retention_s = 0;  ///< Older entries are deleted; 0: never.
  std::set<std::string> no_audit_namespaces, no_pull_log_namespaces;

  // What the web UI is told.
  std::vector<std::string> contact_info;
  std::vector<std::string> public_namespaces;
  std::string avatar_kind = "local";
  std::string documentation_root;
  std::string branding = "{}";      ///< A JSON object, as configured.
  std::string footer_links = "{}";  ///< Likewise.
  int search_results_per_page = 10;
  int search_max_pages = 10;
  std::string authentication_type = "Database";
  /// Every value in force as JSON by key, secrets masked; for superusers. Filled by app/.
  std::string config_dump = "{}";

  std::string setup_code;  ///< Lets one make the first user from elsewhere; printed at start.
};

/// The name under which a request that came with this Host reached the registry: SERVER_HOSTNAME, or else `host`. It is
/// the service and the audience of registry tokens.
inline std::string_view service_name(const Settings& settings, std::string_view host) {
  return settings.server_hostname.empty() ? host : std::string_view(settings.server_hostname);
}

}  // namespace wharf::service
