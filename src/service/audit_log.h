#pragma once
#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/async.h"
#include "base/json.h"
#include "service/audit_log_export.h"
#include "service/audit_log_find.h"
#include "service/avatar.h"
#include "service/page_token.h"
#include "service/tools.h"
#include "store/log.h"

namespace wharf::service {

struct LogPerformer {
  std::string kind = "user";
  std::string name;
  bool is_robot = false;
  Avatar avatar;
};
BOOST_DESCRIBE_STRUCT(LogPerformer, (), (kind, name, is_robot, avatar))

struct LogNamespace {
  std::string kind;  ///< "org" or "user".
  std::string name;
  Avatar avatar;
};
BOOST_DESCRIBE_STRUCT(LogNamespace, (), (kind, name, avatar))

struct LogItem {
  std::string kind;
  json::Object metadata;
  json::Nullable<std::string> ip;
  Rfc2822 datetime;
  std::optional<std::int64_t> count;       ///< Where it stands for several that were alike (pulls).
  std::optional<LogPerformer> performer;   ///< None: nobody in particular, or they are gone.
  std::optional<LogNamespace> namespace_;  ///< In the log of the whole registry.
};
BOOST_DESCRIBE_STRUCT(LogItem, (), (kind, metadata, ip, datetime, count, performer, namespace_))

struct LogPage {
  Rfc2822 start_time;
  Rfc2822 end_time;
  std::vector<LogItem> logs;  ///< Newest first.
  std::optional<std::string> next_page;
};
BOOST_DESCRIBE_STRUCT(LogPage, (), (start_time, end_time, logs, next_page))

/// How many of a kind there were on one day.
struct LogCount {
  std::string kind;
  std::int64_t count = 0;
  Rfc2822 datetime;  ///< The day's beginning.
};
BOOST_DESCRIBE_STRUCT(LogCount, (), (kind, count, datetime))
struct LogCounts {
  std::vector<LogCount> aggregated;
};
BOOST_DESCRIBE_STRUCT(LogCounts, (), (aggregated))

/// One entry as clients see it; with its namespace for the log of everything.
LogItem log_item(const store::LogEntry& entry, bool with_namespace);

/// The audit log as it is read: pages, sums, exports, and how long it is kept. Source: Quay, "logs".
///
/// The log of a repository is for its admins, that of an organization for its admins, that of the registry for
/// superusers; a global read-only superuser reads them all.
class AuditLogService {
 public:
  explicit AuditLogService(const Tools& tools);

  /// 20 a page. Errors: refusal; repo_unknown and not_found to those who may know; invalid_request when the end lies
  /// before the start.
  awaitable<Result<LogPage>> list(auth::Principal who, LogSubject subject, LogQuery query);

  /// By day and kind, for at most 31 days. Errors: as list.
  awaitable<Result<LogCounts>> sum(auth::Principal who, LogSubject subject, LogQuery query);

  /// Adds up by days what nothing can be added to any more, in short steps. What sums say does not depend on it.
  awaitable<void> count_days();

  /// Deletes about `limit` of the entries that are older than the configuration keeps them; answers how many.
  awaitable<std::int64_t> delete_old(int limit);

  AuditLogExports& exports() { return exports_; }

 private:
  const Tools tools_;
  PageTokens pages_;
  AuditLogExports exports_;
};

}  // namespace wharf::service
