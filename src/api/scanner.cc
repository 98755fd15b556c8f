#include "api/scanner.h"

#include "service/scan.h"

namespace wharf::api {
namespace {

using http::Scope;
using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

struct Queue {
  std::int64_t waiting = 0;               // to be scanned, those that are looked at again included
  std::optional<Rfc3339> oldest_waiting;  // since when the first of them is due; left out: none waits
  std::int64_t queued = 0;                // images without a report
  std::int64_t scanned = 0, unsupported = 0, failed = 0;
};
BOOST_DESCRIBE_STRUCT(Queue, (), (waiting, oldest_waiting, queued, scanned, unsupported, failed))

struct Failure {
  std::string namespace_, repository, manifest_digest;
  std::string status;  // "failed"; "queued": it is tried again
  std::int64_t attempts = 0;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(Failure, (), (namespace_, repository, manifest_digest, status, attempts, reason))

struct Feed {
  std::string name;  // "debian-tracker", "osv/npm"
  Rfc3339 imported;
  std::int64_t age_seconds = 0;
  std::int64_t advisories = 0, entries = 0;
  std::int64_t skipped = 0;  // records that could not be understood
};
BOOST_DESCRIBE_STRUCT(Feed, (), (name, imported, age_seconds, advisories, entries, skipped))

struct Source {
  std::string url;
  std::optional<Rfc3339> checked;   // when its server was last asked with success
  std::optional<Rfc3339> imported;  // when it last had something new
  std::string last_modified;        // of what was imported, as its server says; "" = it does not
  Rfc3339 next;                     // when it is asked again
  std::int64_t failures = 0;        // in a row
  std::string error;                // of the last attempt; "" = it went well
};
BOOST_DESCRIBE_STRUCT(Source, (), (url, checked, imported, last_modified, next, failures, error))

struct Scanner {
  Queue queue;
  std::vector<Failure> failures;  // the newest images first, at most 100
  std::vector<Feed> feeds;        // in force
  std::vector<Source> sources;    // of VULNERABILITY_FEEDS
};
BOOST_DESCRIBE_STRUCT(Scanner, (), (queue, failures, feeds, sources))

std::optional<Rfc3339> time_of(Millis at) { return at == 0 ? std::nullopt : std::optional(Rfc3339{at}); }

awaitable<Result<Scanner>> get_scanner(Call& call, NoParameters) {
  const auto state = co_await call.services.scans.state(call.who);
  if (!state) co_return state.error();
  const auto& counts = state->counts;
  Scanner view{.queue = {.waiting = counts.wanted,
                         .oldest_waiting = time_of(counts.oldest_ms),
                         .queued = counts.queued,
                         .scanned = counts.scanned,
                         .unsupported = counts.unsupported,
                         .failed = counts.failed}};
  for (const auto& it : state->failures) {
    const char* status = boost::describe::enum_to_string(it.status, "");
    view.failures.push_back({it.namespace_, it.repository, it.digest, status, it.attempts, it.reason});
  }
  for (const auto& it : state->feeds) {
    const Millis age = std::max<Millis>(0, now_ms() - it.finished_ms);
    view.feeds.push_back({it.feed, Rfc3339{it.finished_ms}, age / 1000, it.advisories, it.entries, it.skipped});
  }
  for (const auto& it : state->downloads) {
    view.sources.push_back({it.url, time_of(it.checked_ms), time_of(it.imported_ms), it.last_modified,
                            Rfc3339{it.due_ms}, it.failures, it.error.value_or("")});
  }
  co_return view;
}

}  // namespace

void add_scanner_operations(service::OperationTable& table) {
  table.add(
      {.id = "getScanner",
       .path = "/api/v1/superuser/scanner",
       .scope = Scope::super_user,
       .summary = "The scanner's queue, what could not be scanned and why, and how old the vulnerability data is.",
       .tag = "Superusers",
       .errors = {401, 403},
       .features = {"SUPER_USERS", "SECURITY_SCANNER"}},
      get_scanner);
}

}  // namespace wharf::api
