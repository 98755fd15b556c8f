#pragma once
#include <string>

#include "auth/principal.h"
#include "base/async.h"
#include "base/error.h"
#include "base/names.h"
#include "db/database.h"
#include "store/scan.h"

namespace wharf::service {

/// What is known of the packages and vulnerabilities of a manifest.
class ScanService {
 public:
  explicit ScanService(db::Database& database) : db_(database) {}

  /// How far the scan of a manifest is, whether or not a live tag names it.
  /// Errors: those of auth::require for reading; not_found for an unknown or malformed digest.
  awaitable<Result<store::ScanStatus>> status(auth::Principal who, RepoName name, std::string digest);

 private:
  db::Database& db_;
};

}  // namespace wharf::service
