#pragma once
#include <boost/describe.hpp>
#include <memory>
#include <optional>
#include <string>

#include "auth/principal.h"
#include "base/async.h"
#include "net/address_policy.h"
#include "service/audit.h"
#include "service/audit_log_find.h"
#include "service/tools.h"
#include "store/log_export.h"

namespace wharf::net {
class HttpClient;
}

namespace wharf::service {

/// Who is told that an export is ready.
struct LogCallback {
  std::optional<std::string> callback_url;    ///< Gets a POST.
  std::optional<std::string> callback_email;  ///< Gets a mail.
};
BOOST_DESCRIBE_STRUCT(LogCallback, (), (callback_url, callback_email))

/// The file of an export, made while it is read: memory is bounded by a few hundred entries.
class LogExportFile {
 public:
  LogExportFile(db::Database& database, store::NamedLogExport of);

  /// Appends the next piece to `piece`; false at the end.
  awaitable<Result<bool>> next(std::string& piece);

 private:
  db::Database& db_;
  const store::NamedLogExport of_;
  std::optional<store::LogCursor> after_;
  bool begun_ = false;
  bool ended_ = false;
  bool first_ = true;
};

/// Exports of the audit log: whoever asked is called or mailed the address of a file, which holds what the log has for
/// that time when it is fetched, within the hour. Source: Quay, "logs".
class AuditLogExports {
 public:
  explicit AuditLogExports(const Tools& tools);
  ~AuditLogExports();
  AuditLogExports(const AuditLogExports&) = delete;
  AuditLogExports& operator=(const AuditLogExports&) = delete;

  /// Answers the export's id. `callback` may be the body's error: it is told only to those who may export.
  /// Errors: refusal; repo_unknown and not_found to those who may know; invalid_request for an address that may not be
  /// called or an end before the start.
  awaitable<Result<std::string>> request(auth::Principal who, LogSubject subject, LogQuery query,
                                         Result<LogCallback> callback, std::string base_url);

  /// Makes the call that is due longest; false when none is. What fails (any status but 200) is tried again after 1, 5
  /// and 15 minutes. Several nodes share the work.
  awaitable<bool> deliver_one();
  /// Ends a call that is being made.
  void stop();
  /// Forgets up to `limit` exports whose hour is over.
  awaitable<std::int64_t> delete_expired(int limit);

  /// The file with this code. Errors: not_found, also when its hour is over.
  awaitable<Result<std::shared_ptr<LogExportFile>>> open(std::string code);

 private:
  Result<std::string> write_request(db::Tx& tx, const auth::Principal& who, const LogSubject& subject,
                                    const LogQuery& query, const Result<LogCallback>& callback,
                                    const std::string& base_url, LogPlace& place) const;
  Result<void> check(const LogCallback& callback) const;
  /// Whether the call came through; nothing when the server is stopping.
  awaitable<std::optional<bool>> call(store::NamedLogExport of);

  const Tools tools_;
  std::shared_ptr<const net::AddressPolicy> policy_;
  std::unique_ptr<net::HttpClient> client_;
};

}  // namespace wharf::service
