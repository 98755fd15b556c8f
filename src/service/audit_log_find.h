#pragma once
#include <optional>
#include <string>

#include "auth/principal.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/names.h"
#include "db/database.h"
#include "store/log.h"

/// Which entries of the audit log somebody asks for, and whether they may.
namespace wharf::service {

/// Whose log: of a repository, of the caller's own namespace, of an organization, of the whole registry.
struct LogSubject {
  enum class Kind { repository, caller, organization, everything };
  Kind kind = Kind::everything;
  RepoName repository{};       ///< Of a repository.
  std::string organization{};  ///< Of an organization.
};

/// What a log is asked for, as the client wrote it.
struct LogQuery {
  std::string start{};      ///< "MM/DD/YYYY", UTC; anything else: a day ago.
  std::string end{};        ///< The same, that day included; anything else: now.
  std::string performer{};  ///< Only what this user or robot did; "": what anybody did. Not of repositories.
  std::string page{};       ///< A next_page; "": the first.
};

/// The time that a log is wanted for. Source: Quay, "logs".
struct LogRange {
  Millis start_ms = 0;
  Millis end_ms = 0;  ///< Without this moment.
};
/// Never fails: what is no date counts as none, as in Quay.
LogRange log_range(const std::string& start, const std::string& end, Millis now);
/// `11/03/2020`: the day that `at` lies in, in UTC.
std::string log_date(Millis at);

/// The entries of `subject`, at any time, if `who` may read them. `looking` lets a global read-only superuser pass.
/// Errors: refusal; repo_unknown and not_found to those who may know.
Result<store::LogFilter> find_log(db::Tx& tx, const auth::Principal& who, const LogSubject& subject, bool looking);

/// Whether the entries older than `after` (none: from the newest on) may be read by read_lagging. A page goes on where
/// the last one ended, which may have come from a database that had more: not before that is everywhere.
bool may_lag(const db::Database& database, const std::optional<store::LogCursor>& after);

/// Narrows `filter` to what `query` asks for within `range`. False: there is no such performer, and so no entry.
/// Errors: invalid_request when the end lies before the start.
Result<bool> narrow_log(db::Tx& tx, store::LogFilter& filter, const LogQuery& query, const LogRange& range);

}  // namespace wharf::service
