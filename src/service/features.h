#pragma once
#include <span>
#include <string_view>
#include <vector>

namespace wharf::service {

/// FEATURE_<NAME> of the configuration. One row of `feature_flags` each.
struct Features {
  bool anonymous_access = true, library_support = true, extended_repository_names = true, public_catalog = false;
  bool referrers_api = true, user_initialize = false, super_users = true;
  bool superusers_full_access = false, app_specific_tokens = true, restricted_users = false, sparse_index = false;
  bool direct_login = true, user_creation = true, invite_only_user_creation = false, require_team_invite = true;
  bool mailing = true, permanent_sessions = true, assign_oauth_token = true, change_tag_expiration = true;
  bool superusers_org_creation_only = false, superuser_configdump = false;
  bool user_rename = false, user_metadata = false, username_confirmation = true, user_last_accessed = true;
  bool org_shared_email = false, blacklisted_emails = false, partial_user_autocomplete = true;
  bool require_encrypted_basic_auth = false, programmatic_bootstrap = false;
  bool log_export = true, aggregated_log_count_retrieval = true, action_log_rotation = false;
  bool extended_action_logging = false;
  bool immutable_tags = false, immutable_tags_can_expire = false;
  bool image_pull_stats = true, image_expiry_trigger = false, garbage_collection = true, user_events = true;
  bool proxy_storage = false;  ///< Blobs of an object store come through the server.
  bool security_scanner = true, security_notifications = true, security_scanner_notify_on_new_index = true;
};

/// A flag that Wharf acts on.
struct FeatureFlag {
  std::string_view name;  ///< "MAILING"
  bool Features::* member;
  std::string_view meaning;  ///< For the reference of the configuration.
};
/// By name.
std::span<const FeatureFlag> feature_flags();

/// Flags of Quay for what Wharf does not have: they count as off, whatever the configuration says. By name.
std::span<const std::string_view> absent_features();

/// Whether the flag `name` ("MAILING") is on; false for absent and unknown ones.
bool is_on(const Features& features, std::string_view name);
/// Whether all of `names` are on.
bool all_on(const Features& features, const std::vector<std::string_view>& names);

}  // namespace wharf::service
