#include "app/operations.h"

#include "api/account_link.h"
#include "api/app_token.h"
#include "api/application.h"
#include "api/authorization.h"
#include "api/build.h"
#include "api/capabilities.h"
#include "api/discovery.h"
#include "api/event.h"
#include "api/federation.h"
#include "api/health.h"
#include "api/immutability.h"
#include "api/insight.h"
#include "api/invitation.h"
#include "api/label.h"
#include "api/log.h"
#include "api/manifest.h"
#include "api/message.h"
#include "api/notification.h"
#include "api/organization.h"
#include "api/permission.h"
#include "api/prototype.h"
#include "api/pull_count.h"
#include "api/registry_size.h"
#include "api/repository.h"
#include "api/repository_email.h"
#include "api/repository_token.h"
#include "api/robot.h"
#include "api/scan.h"
#include "api/scan_search.h"
#include "api/scanner.h"
#include "api/search.h"
#include "api/service_key.h"
#include "api/session.h"
#include "api/setup.h"
#include "api/star.h"
#include "api/superuser.h"
#include "api/tag.h"
#include "api/team.h"
#include "api/user.h"
#include "api/user_notification.h"
#include "registry/blob.h"
#include "registry/key_server.h"
#include "registry/list.h"
#include "registry/manifest.h"
#include "registry/token.h"
#include "registry/upload.h"
#include "ui/boot.h"
#include "ui/oauth.h"
#include "ui/page.h"
#include "ui/repository_email.h"

namespace wharf::app {

void add_all_operations(service::OperationTable& table) {
  api::add_user_operations(table);
  api::add_session_operations(table);
  api::add_user_notification_operations(table);
  api::add_account_link_operations(table);
  api::add_organization_operations(table);
  api::add_team_operations(table);
  api::add_invitation_operations(table);
  api::add_prototype_operations(table);
  api::add_robot_operations(table);
  api::add_federation_operations(table);
  api::add_application_operations(table);
  api::add_app_token_operations(table);
  api::add_authorization_operations(table);
  api::add_permission_operations(table);
  api::add_star_operations(table);
  api::add_repository_operations(table);
  api::add_repository_token_operations(table);
  api::add_tag_operations(table);
  api::add_immutability_operations(table);
  api::add_manifest_operations(table);
  api::add_label_operations(table);
  api::add_log_operations(table);
  api::add_event_operations(table);
  api::add_notification_operations(table);
  api::add_repository_email_operations(table);
  api::add_pull_count_operations(table);
  api::add_scan_operations(table);
  api::add_search_operations(table);
  api::add_scan_search_operations(table);
  api::add_scanner_operations(table);
  api::add_superuser_operations(table);
  api::add_build_operations(table);
  api::add_registry_size_operations(table);
  api::add_insight_operations(table);
  api::add_service_key_operations(table);
  api::add_message_operations(table);
  api::add_capabilities_operations(table);
  api::add_setup_operations(table);
  api::add_discovery_operations(table);
  api::add_health_operations(table);
  registry::add_token_operations(table);
  registry::add_key_server_operations(table);
  registry::add_list_operations(table);
  registry::add_manifest_operations(table);
  registry::add_blob_operations(table);
  registry::add_upload_operations(table);
  ui::add_boot_operations(table);
  ui::add_oauth_operations(table);
  ui::add_page_operations(table);
  ui::add_repository_email_operations(table);
}

}  // namespace wharf::app
