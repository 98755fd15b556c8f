#include "service/features.h"

#include <algorithm>

namespace wharf::service {
namespace {

constexpr FeatureFlag kFlags[] = {
    {"ACTION_LOG_ROTATION", &Features::action_log_rotation,
     "Log entries older than ACTION_LOG_ROTATION_THRESHOLD are deleted."},
    {"AGGREGATED_LOG_COUNT_RETRIEVAL", &Features::aggregated_log_count_retrieval,
     "The log can be read as sums by kind and day."},
    {"ANONYMOUS_ACCESS", &Features::anonymous_access, "Public repositories can be read without signing in."},
    {"APP_SPECIFIC_TOKENS", &Features::app_specific_tokens, "Users can make tokens for their clients."},
    {"ASSIGN_OAUTH_TOKEN", &Features::assign_oauth_token,
     "Admins can offer a user a token of their organization's application."},
    {"BLACKLISTED_EMAILS", &Features::blacklisted_emails,
     "Nobody signs up with an address of BLACKLISTED_EMAIL_DOMAINS."},
    {"CHANGE_TAG_EXPIRATION", &Features::change_tag_expiration,
     "Users can change how long a deleted tag can be restored."},
    {"DIRECT_LOGIN", &Features::direct_login, "Users sign in to the web UI with their password."},
    {"EXTENDED_ACTION_LOGGING", &Features::extended_action_logging, "Log entries say more of the request."},
    {"EXTENDED_REPOSITORY_NAMES", &Features::extended_repository_names,
     "Repository names may have more than one part."},
    {"GARBAGE_COLLECTION", &Features::garbage_collection, "The space of what was deleted is freed in the background."},
    {"IMAGE_EXPIRY_TRIGGER", &Features::image_expiry_trigger,
     "Notifications can tell of tags that are about to expire."},
    {"IMAGE_PULL_STATS", &Features::image_pull_stats, "Pulls are counted by tag and manifest."},
    {"IMMUTABLE_TAGS", &Features::immutable_tags, "Tags can be made immutable, one by one and by policy."},
    {"IMMUTABLE_TAGS_CAN_EXPIRE", &Features::immutable_tags_can_expire, "Immutable tags may have an expiry."},
    {"INVITE_ONLY_USER_CREATION", &Features::invite_only_user_creation,
     "Only who was invited into a team can sign up."},
    {"LIBRARY_SUPPORT", &Features::library_support, "Repositories can be named without a namespace."},
    {"LOG_EXPORT", &Features::log_export, "The log can be exported."},
    {"MAILING", &Features::mailing,
     "The server sends mail, through MAIL_SERVER. Without one it counts as off unless it is set to true."},
    {"ORG_SHARED_EMAIL", &Features::org_shared_email, "An organization may have the address of a user."},
    {"PARTIAL_USER_AUTOCOMPLETE", &Features::partial_user_autocomplete,
     "Users are found by the beginning of their name."},
    {"PERMANENT_SESSIONS", &Features::permanent_sessions, "Sessions outlive the browser, for SESSION_TIMEOUT."},
    {"PROGRAMMATIC_BOOTSTRAP", &Features::programmatic_bootstrap,
     "A first token is written to BOOTSTRAP_TOKEN_PATH at start."},
    {"PROXY_STORAGE", &Features::proxy_storage,
     "Blobs of an object store come through the server; otherwise clients are sent there."},
    {"PUBLIC_CATALOG", &Features::public_catalog, "/v2/_catalog lists public repositories to anybody."},
    {"REFERRERS_API", &Features::referrers_api, "The referrers of a manifest can be listed."},
    {"REQUIRE_ENCRYPTED_BASIC_AUTH", &Features::require_encrypted_basic_auth,
     "Clients of the registry log in with encrypted passwords alone."},
    {"REQUIRE_TEAM_INVITE", &Features::require_team_invite,
     "With mail, users are asked before they are in an organization's team."},
    {"RESTRICTED_USERS", &Features::restricted_users,
     "Users outside RESTRICTED_USERS_WHITELIST cannot make organizations, nor push to their own namespace."},
    {"SECURITY_NOTIFICATIONS", &Features::security_notifications, "Notifications tell of new vulnerabilities."},
    {"SECURITY_SCANNER", &Features::security_scanner, "Images are scanned for vulnerabilities."},
    {"SECURITY_SCANNER_NOTIFY_ON_NEW_INDEX", &Features::security_scanner_notify_on_new_index,
     "`vulnerability_found` is told of an image's first report, too, not only of what is found later."},
    {"SPARSE_INDEX", &Features::sparse_index, "An image index may name manifests that are not here."},
    {"SUPERUSERS_FULL_ACCESS", &Features::superusers_full_access, "Superusers may do everything in every namespace."},
    {"SUPERUSERS_ORG_CREATION_ONLY", &Features::superusers_org_creation_only, "Only superusers make organizations."},
    {"SUPERUSER_CONFIGDUMP", &Features::superuser_configdump, "Superusers can read the configuration."},
    {"SUPER_USERS", &Features::super_users, "There are superusers."},
    {"USERNAME_CONFIRMATION", &Features::username_confirmation,
     "Users whose name was made up are asked to confirm it."},
    {"USER_CREATION", &Features::user_creation, "People can sign up."},
    {"USER_EVENTS", &Features::user_events, "The web UI hears of events as they happen."},
    {"USER_INITIALIZE", &Features::user_initialize,
     "The first user can be made through the API from anywhere, without the set-up code."},
    {"USER_LAST_ACCESSED", &Features::user_last_accessed, "The last use of users and robots is kept."},
    {"USER_METADATA", &Features::user_metadata, "Users can give their name, company and place."},
    {"USER_RENAME", &Features::user_rename, "Users can change their name."},
};

constexpr std::string_view kAbsent[] = {
    "AUTO_PRUNE",
    "BILLING",
    "BITBUCKET_BUILD",
    "BUILD_SUPPORT",
    "CLEAR_EXPIRED_RAC_ENTRIES",
    "EDIT_QUOTA",
    "FIPS",
    "GITHUB_BUILD",
    "GITHUB_LOGIN",
    "GITLAB_BUILD",
    "GOOGLE_LOGIN",
    "NONSUPERUSER_TEAM_SYNCING_SETUP",
    "ORG_MIRROR",
    "OTEL_TRACING",
    "PROXY_CACHE",
    "QUOTA_MANAGEMENT",
    "QUOTA_NOTIFICATIONS",
    "QUOTA_SUPPRESS_FAILURES",
    "RATE_LIMITS",
    "READER_BUILD_LOGS",
    "RECAPTCHA",
    "REPO_MIRROR",
    "SECURITY_SCANNER_V2",
    "SIGNING",
    "SPAM_DETECTION",
    "STORAGE_REPLICATION",
    "TEAM_SYNCING",
    "USER_LOG_ACCESS",
    "VERIFY_QUOTA",
};

static_assert(std::ranges::is_sorted(kFlags, {}, &FeatureFlag::name) && std::ranges::is_sorted(kAbsent));

}  // namespace

std::span<const FeatureFlag> feature_flags() { return kFlags; }
std::span<const std::string_view> absent_features() { return kAbsent; }

bool is_on(const Features& features, std::string_view name) {
  const auto* flag = std::ranges::lower_bound(kFlags, name, {}, &FeatureFlag::name);
  return flag != std::end(kFlags) && flag->name == name && features.*flag->member;
}

bool all_on(const Features& features, const std::vector<std::string_view>& names) {
  return std::ranges::all_of(names, [&](std::string_view name) { return is_on(features, name); });
}

}  // namespace wharf::service
