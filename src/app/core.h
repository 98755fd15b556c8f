#pragma once
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>

#include "app/config.h"
#include "auth/encrypted_password.h"
#include "auth/secret_box.h"
#include "blob/blob_store.h"
#include "db/database.h"
#include "service/blob.h"
#include "service/call.h"
#include "service/content_cache.h"
#include "service/health.h"
#include "service/login.h"
#include "service/manifest.h"
#include "service/organization.h"
#include "service/permission.h"
#include "service/repository.h"
#include "service/robot.h"
#include "service/scan.h"
#include "service/tag.h"
#include "service/team.h"
#include "service/token.h"
#include "service/upload.h"
#include "service/user.h"

namespace wharf::app {

/// What the configuration tells the product's rules.
service::Settings make_settings(const Config& config);

/// Everything under the protocols: the database with its schema up to date, the blob store, the keys, the services.
/// The server is built on it, and so are the commands that work on a data folder.
class Core {
 public:
  struct Options {
    bool memory_blobs = false;  ///< For tests: nothing of the blobs touches a disk.
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
  blob::BlobStore& blobs() { return *parts_.blobs; }
  /// Filled by App once the operation table is there.
  service::Published& published() { return published_; }

 private:
  /// What can fail to be made, in the order of making.
  struct Parts {
    std::unique_ptr<boost::asio::thread_pool> workers;  ///< Hashing and disk work of blobs.
    std::unique_ptr<boost::asio::thread_pool> slow;     ///< bcrypt.
    std::unique_ptr<db::Database> database;
    std::unique_ptr<blob::BlobStore> blobs;
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
  service::UserService users_;
  service::OrganizationService organizations_;
  service::TeamService teams_;
  service::RobotService robots_;
  service::PermissionService permissions_;
  service::RepositoryService repositories_;
  service::TagService tags_;
  service::ManifestService manifests_;
  service::UploadService uploads_;
  service::BlobService blobs_;
  service::LoginService logins_;
  service::TokenService tokens_;
  service::ScanService scans_;
  service::HealthService health_;
  service::Services services_;
};

}  // namespace wharf::app
