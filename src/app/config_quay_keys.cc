#include "app/config_keys.h"

#include <algorithm>
#include <string>
#include <vector>

namespace wharf::app::detail {
namespace {

// In the order of their characters: they are searched by halves. A key that gets an effect moves to kKeys.
constexpr std::string_view kQuayKeys[] = {
    "ACCOUNT_RECOVERY_MODE",
    "ACTION_LOG_ARCHIVE_LOCATION",
    "ACTION_LOG_ARCHIVE_PATH",
    "ALLOWED_OCI_ARTIFACT_TYPES",
    "ALLOW_PULLS_WITHOUT_STRICT_LOGGING",
    "ALLOW_WITHOUT_STRICT_LOGGING",
    "AUTOPRUNE_FETCH_REPOSITORIES_PAGE_LIMIT",
    "AUTOPRUNE_FETCH_TAGS_PAGE_LIMIT",
    "AUTOPRUNE_TASK_RUN_MINIMUM_INTERVAL_MINUTES",
    "AUTO_PRUNING_BATCH_SIZE",
    "AUTO_PRUNING_DEFAULT_POLICY_POLL_PERIOD",
    "AUTO_PRUNING_POLL_PERIOD",
    "BUILDLOGS_REDIS",
    "CLEAN_BLOB_UPLOAD_FOLDER",
    "DATA_MODEL_CACHE_CONFIG",
    "DB_CONNECTION_ARGS",
    "DB_CONNECTION_POOLING",
    "DEFAULT_NAMESPACE_AUTOPRUNE_POLICY",
    "DEFAULT_SYSTEM_REJECT_QUOTA_BYTES",
    "DEFAULT_UI",
    "DISKSPACE_HEALTH_THRESHOLD",
    "DISKSPACE_HEALTH_WARNING_THRESHOLD",
    "ENABLE_HEALTH_DEBUG_SECRET",
    "ENTERPRISE_LOGO_URL",
    "HEALTH_CHECKER",
    "INSTANCE_SERVICE_KEY_EXPIRATION",
    "INSTANCE_SERVICE_KEY_KID_LOCATION",
    "INSTANCE_SERVICE_KEY_LOCATION",
    "INSTANCE_SERVICE_KEY_REFRESH",
    "INSTANCE_SERVICE_KEY_SERVICE",
    "JWT_AUTH_ISSUER",
    "JWT_GETUSER_ENDPOINT",
    "JWT_QUERY_ENDPOINT",
    "JWT_VERIFY_ENDPOINT",
    "KEYSTONE_ADMIN_PASSWORD",
    "KEYSTONE_ADMIN_TENANT",
    "KEYSTONE_ADMIN_USERNAME",
    "KEYSTONE_AUTH_URL",
    "KEYSTONE_AUTH_VERSION",
    "LDAP_ADMIN_DN",
    "LDAP_ADMIN_PASSWD",
    "LDAP_ALLOW_INSECURE_FALLBACK",
    "LDAP_BASE_DN",
    "LDAP_EMAIL_ATTR",
    "LDAP_FOLLOW_REFERRALS",
    "LDAP_GLOBAL_READONLY_SUPERUSER_FILTER",
    "LDAP_MEMBEROF_ATTR",
    "LDAP_RESTRICTED_USER_FILTER",
    "LDAP_SECONDARY_USER_RDNS",
    "LDAP_SUPERUSER_FILTER",
    "LDAP_UID_ATTR",
    "LDAP_URI",
    "LDAP_USER_FILTER",
    "LDAP_USER_RDN",
    "LOGS_MODEL",
    "LOGS_MODEL_CONFIG",
    "LOG_ARCHIVE_LOCATION",
    "LOG_ARCHIVE_PATH",
    "MANIFESTS_ENDPOINT_READ_TIMEOUT",
    "NAMESPACE_GC_GRACE_PERIOD_ALLOWLIST",
    "NAMESPACE_GC_GRACE_PERIOD_SECONDS",
    "NON_RATE_LIMITED_NAMESPACES",
    "OAUTH_TOKEN_LAST_ACCESSED_UPDATE_THRESHOLD_S",
    "ORG_MIRROR_INTERVAL",
    "ORG_MIRROR_MAX_DISCOVERY_DURATION",
    "OTEL_CONFIG",
    "PROGRAMMATIC_TOKEN_K8S_KEY",
    "PROGRAMMATIC_TOKEN_K8S_NAMESPACE",
    "PROGRAMMATIC_TOKEN_K8S_SECRET",
    "PROMETHEUS_NAMESPACE",
    "PROMETHEUS_PUSHGATEWAY_URL",
    "PROXY_COUNT",
    "PULL_METRICS_REDIS",
    "QUOTA_BACKFILL",
    "QUOTA_BACKFILL_BATCH_SIZE",
    "QUOTA_BACKFILL_POLL_PERIOD",
    "QUOTA_INVALIDATE_TOTALS",
    "QUOTA_NOTIFICATION_COOLDOWN_SECONDS",
    "QUOTA_NOTIFICATION_WORKER_POLL_PERIOD",
    "QUOTA_REGISTRY_SIZE_POLL_PERIOD",
    "QUOTA_TOTAL_DELAY_SECONDS",
    "RECAPTCHA_SECRET_KEY",
    "RECAPTCHA_SITE_KEY",
    "RECAPTCHA_WHITELISTED_USERS",
    "REPO_MIRROR_INTERVAL",
    "REPO_MIRROR_ROLLBACK",
    "REPO_MIRROR_SERVER_HOSTNAME",
    "REPO_MIRROR_TLS_VERIFY",
    "RESET_CHILD_MANIFEST_EXPIRATION",
    "SECURITY_SCANNER_V2_BATCH_SIZE",
    "SECURITY_SCANNER_V4_ENDPOINT",
    "SECURITY_SCANNER_V4_MANIFEST_CLEANUP",
    "SECURITY_SCANNER_V4_PSK",
    "SECURITY_SCANNER_V4_REINDEX_THRESHOLD",
    "SETUP_COMPLETE",
    "SSL_CIPHERS",
    "SSL_CIPHERSUITES",
    "SSL_PROTOCOLS",
    "STAGGER_WORKERS",
    "TEAM_RESYNC_STALE_TIME",
    "TESTING",
    "TRACKED_NAMESPACES",
    "UI_DELAY_AFTER_WRITE_SECONDS",
    "USERFILES_LOCATION",
    "USERFILES_PATH",
    "USER_EVENTS_REDIS",
};

// Flags of Quay for what is always so here, or has no meaning.
constexpr const char* kSwitchless[] = {
    "ADVERTISE_V2",
    "ENABLE_STALE_MPU_CLEANUP",
    "GENERAL_OCI_SUPPORT",
    "HELM_OCI_SUPPORT",
    "LISTEN_IP_VERSION",
    "MANIFEST_SIZE_BACKFILL",
    "MANIFEST_SUBJECT_BACKFILL",
    "NAMESPACE_GARBAGE_COLLECTION",
    "PROXY_CACHE_BLOB_DOWNLOAD",
    "PROXY_PROTOCOL",
    "REPOSITORY_ACTION_COUNTER",
    "REPOSITORY_GARBAGE_COLLECTION",
    "RESTRICTED_V1_PUSH",
    "UI_DELAY_AFTER_WRITE",
    "UI_MODELCARD",
    "UI_V2",
};

constexpr bool in_order() {
  for (std::size_t i = 1; i < std::size(kQuayKeys); ++i) {
    if (!(kQuayKeys[i - 1] < kQuayKeys[i])) return false;
  }
  return true;
}
static_assert(in_order());

/// FEATURE_<NAME> of what there is not, or what has no switch here.
std::vector<std::string> absent_feature_keys() {
  std::vector<std::string> keys;
  for (const auto name : service::absent_features()) keys.push_back("FEATURE_" + std::string(name));
  for (const auto* name : kSwitchless) keys.push_back("FEATURE_" + std::string(name));
  return keys;
}

}  // namespace

std::span<const std::string_view> quay_keys() {
  static const std::vector<std::string> features = absent_feature_keys();
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> keys(std::begin(kQuayKeys), std::end(kQuayKeys));
    keys.insert(keys.end(), features.begin(), features.end());
    std::ranges::sort(keys);
    return keys;
  }();
  return all;
}

}  // namespace wharf::app::detail
