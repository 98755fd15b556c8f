#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::service {

/// The part of the configuration that the product's rules read. app/ fills it from config.yaml's keys of these names.
struct Settings {
  std::string server_hostname;       ///< "" : the Host of each request.
  std::string preferred_url_scheme;  ///< "" : as the request came.
  std::set<std::string> super_users;
  std::set<std::string> read_only_super_users;
  std::set<std::string> restricted_whitelist;
  bool feature_super_users = true;
  bool anonymous_access = true;
  bool library_support = true;
  bool extended_repository_names = true;
  bool public_catalog = false;
  bool referrers_api = true;
  bool user_initialize = false;
  bool app_specific_tokens = true;
  bool restricted_users = false;
  bool sparse_index = false;
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
  std::int64_t last_use_threshold_ms = 60'000;  ///< A newer last use of an account or a token is not written before.
  std::string registry_title = "Wharf";
  std::string registry_title_short = "Wharf";
  bool listens_on_loopback_only = true;
  std::string setup_code;  ///< Lets one make the first user from elsewhere; printed at start.
};

/// The name under which a request that came with this Host reached the registry: SERVER_HOSTNAME, or else `host`. It is
/// the service and the audience of registry tokens.
inline std::string_view service_name(const Settings& settings, std::string_view host) {
  return settings.server_hostname.empty() ? host : std::string_view(settings.server_hostname);
}

}  // namespace wharf::service
