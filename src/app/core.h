#pragma once
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>

#include "app/config.h"
#include "auth/encrypted_password.h"
#include "auth/secret_box.h"
#include "blob/located_blob_store.h"
#include "db/database.h"
#include "service/app_token.h"
#include "service/application.h"
#include "service/audit_log.h"
#include "service/blob.h"
#include "service/call.h"
#include "service/content_cache.h"
#include "service/event.h"
#include "service/federation.h"
#include "service/gc.h"
#include "service/health.h"
#include "service/immutability.h"
#include "service/insight.h"
#include "service/invitation.h"
#include "service/label.h"
#include "service/login.h"
#include "service/mail.h"
#include "service/manifest.h"
#include "service/message.h"
#include "service/notification.h"
#include "service/oauth.h"
#include "service/organization.h"
#include "service/permission.h"
#include "service/profile.h"
#include "service/prototype.h"
#include "service/pull_count.h"
#include "service/pull_memory.h"
#include "service/registry_size.h"
#include "service/repository.h"
#include "service/repository_email.h"
#include "service/robot.h"
#include "service/scan.h"
#include "service/search.h"
#include "service/service_key.h"
#include "service/session.h"
#include "service/star.h"
#include "service/superuser.h"
#include "service/tag.h"
#include "service/team.h"
#include "service/token.h"
#include "service/upload.h"
#include "service/user.h"
#include "service/user_notification.h"

namespace wharf::app {

/// What the configuration tells the product's rules.
service::Settings make_settings(const Config& config);

/// Everything under the protocols: the database with its schema up to date, the blob store, the keys, the services.
/// The server is built on it, and so are the commands that work on a data folder.
class Core {
 public:
  struct Options {
    bool memory_blobs = false;  ///< For tests: nothing of the blobs touches a disk.
    bool replicas = false;      ///< Reads that may lag go to the database's replicas, where there are some.
  };

  /// Makes the data folder if it is missing and runs the migrations.
  /// Errors: invalid_request (a folder that cannot be used, a database newer than this program), unavailable.
  static Result<std::unique_ptr<Core>> open(const Config& config, Options options);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  const service::Settings& settings() const { return settings_; }
  service::Services& services() { return services_; }
  db::Database& database() { return *parts_.database; }
  blob::LocatedBlobStore& blobs() { return *parts_.blobs; }
  /// Filled by App once the operation table is there.
  service::Published& published() { return published_; }

 private:
  /// What can fail to be made, in the order of making.
  struct Parts {
    std::unique_ptr<boost::asio::thread_pool> workers;  ///< Hashing and disk work of blobs.
    std::unique_ptr<boost::asio::thread_pool> slow;     ///< bcrypt.
    std::unique_ptr<db::Database> database;
    std::unique_ptr<blob::LocatedBlobStore> blobs;
    auth::SecretKey secret;           ///< SECRET_KEY: what leaves the server sealed.
    auth::SecretKey database_secret;  ///< DATABASE_SECRET_KEY: what the database keeps sealed.
    auth::SigningKey signing;
  };
  Core(const Config& config, Parts parts);

  Parts parts_;
  const service::Settings settings_;
  service::Published published_;
  auth::SecretBox secrets_;
  auth::EncryptedPasswords encrypted_;
  service::ContentCache cache_;
  service::PullMemory memory_;
  service::UserService users_;
  service::OrganizationService organizations_;
  service::TeamService teams_;
  service::RobotService robots_;
  service::PermissionService permissions_;
  service::RepositoryService repositories_;
  service::TagService tags_;
  service::UploadService uploads_;
  service::BlobService blobs_;
  service::LoginService logins_;
  service::TokenService tokens_;
  service::ScanService scans_;
  service::HealthService health_;
  service::MailService mails_;
  const service::Tools tools_;
  service::ManifestService manifests_;
  service::SessionService sessions_;
  service::ProfileService profiles_;
  service::UserNotificationService user_notifications_;
  service::StarService stars_;
  service::PrototypeService prototypes_;
  service::InvitationService invitations_;
  service::FederationService federations_;
  service::ApplicationService applications_;
  service::OAuthService oauth_;
  service::AppTokenService app_tokens_;
  service::AuditLogService audit_log_;
  service::SuperuserService superusers_;
  service::ServiceKeyService service_keys_;
  service::MessageService messages_;
  service::RegistrySizeService registry_size_;
  service::InsightService insight_;
  service::GarbageService garbage_;
  service::LabelService labels_;
  service::ImmutabilityService immutability_;
  service::SearchService search_;
  service::NotificationService notifications_;
  service::RepositoryEmailService repository_emails_;
  service::EventService events_;
  service::PullCountService pull_counts_;
  service::Services services_;
};

}  // namespace wharf::app
