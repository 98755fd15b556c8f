#include "api/log.h"

#include "service/audit_log.h"

namespace wharf::api {
namespace {

using service::Call;
using service::LogQuery;
using service::LogSubject;
using Kind = service::LogSubject::Kind;

/// A time, in the query.
struct AllTimes {
  std::string starttime;  // "MM/DD/YYYY", UTC; else a day ago
  std::string endtime;    // the same, that day included; else now
};
BOOST_DESCRIBE_STRUCT(AllTimes, (), (starttime, endtime))

struct RepositoryTimes : AllTimes {
  RepoName repository;  // path
};
BOOST_DESCRIBE_STRUCT(RepositoryTimes, (AllTimes), (repository))

struct UserTimes : AllTimes {
  std::string performer;  // query: only what this user or robot did
};
BOOST_DESCRIBE_STRUCT(UserTimes, (AllTimes), (performer))

struct OrganizationTimes : AllTimes {
  std::string orgname;    // path
  std::string performer;  // query: only what this user or robot did
};
BOOST_DESCRIBE_STRUCT(OrganizationTimes, (AllTimes), (orgname, performer))

// The same with a page: next_page of the one before, in the query.
struct AllLogs : AllTimes {
  std::string next_page;
};
BOOST_DESCRIBE_STRUCT(AllLogs, (AllTimes), (next_page))
struct RepositoryLogs : RepositoryTimes {
  std::string next_page;
};
BOOST_DESCRIBE_STRUCT(RepositoryLogs, (RepositoryTimes), (next_page))
struct UserLogs : UserTimes {
  std::string next_page;
};
BOOST_DESCRIBE_STRUCT(UserLogs, (UserTimes), (next_page))
struct OrganizationLogs : OrganizationTimes {
  std::string next_page;
};
BOOST_DESCRIBE_STRUCT(OrganizationLogs, (OrganizationTimes), (next_page))

LogSubject subject_of(const AllTimes&) { return {.kind = Kind::everything}; }
LogSubject subject_of(const RepositoryTimes& in) { return {.kind = Kind::repository, .repository = in.repository}; }
LogSubject subject_of(const UserTimes&) { return {.kind = Kind::caller}; }
LogSubject subject_of(const OrganizationTimes& in) { return {.kind = Kind::organization, .organization = in.orgname}; }

template <class In>
LogQuery query_of(const In& in) {
  LogQuery query{.start = in.starttime, .end = in.endtime};
  if constexpr (requires { in.performer; }) query.performer = in.performer;
  if constexpr (requires { in.next_page; }) query.page = in.next_page;
  return query;
}

template <class In>
awaitable<Result<service::LogPage>> list_logs(Call& call, In in) {
  co_return co_await call.services.audit_log.list(call.who, subject_of(in), query_of(in));
}

template <class In>
awaitable<Result<service::LogCounts>> sum_logs(Call& call, In in) {
  co_return co_await call.services.audit_log.sum(call.who, subject_of(in), query_of(in));
}

struct LogExportId {
  std::string export_id;
};
BOOST_DESCRIBE_STRUCT(LogExportId, (), (export_id))

template <class In>
awaitable<Result<LogExportId>> export_logs(Call& call, In in, Result<service::LogCallback> body) {
  const auto subject = subject_of(in);
  // Of organizations the body is checked first.
  if (subject.kind == Kind::organization && !body) co_return body.error();
  auto& exports = call.services.audit_log.exports();
  auto id = co_await exports.request(call.who, subject, query_of(in), std::move(body), call.base_url);
  if (!id) co_return id.error();
  co_return LogExportId{std::move(*id)};
}

struct ExportedFile {
  std::string code;  // path
};
BOOST_DESCRIBE_STRUCT(ExportedFile, (), (code))

awaitable<Result<http::Response>> get_exported_logs(Call& call, ExportedFile in) {
  auto file = co_await call.services.audit_log.exports().open(std::move(in.code));
  if (!file) co_return file.error();
  http::Response response;
  response.add("Content-Type", "application/json");
  response.add("Content-Disposition", "attachment; filename=\"logs.json\"");
  response.add("Cache-Control", "no-store");
  auto next = [file = std::move(*file)](std::string& piece) { return file->next(piece); };
  response.body = http::StreamBody{.length_bytes = std::nullopt, .next = std::move(next)};
  co_return response;
}

}  // namespace

void add_log_operations(service::OperationTable& table) {
  using http::Scope;
  using http::Verb;
  table.add({.id = "listRepoLogs",
             .verb = Verb::get,
             .path = "/api/v1/repository/{repository}/logs",
             .scope = Scope::repo_admin,
             .summary = "What was done in a repository, newest first, 20 entries a page.",
             .tag = "Logs",
             .errors = {400, 401, 403, 404}},
            list_logs<RepositoryLogs>);
  table.add({.id = "listUserLogs",
             .verb = Verb::get,
             .path = "/api/v1/user/logs",
             .scope = Scope::user_admin,
             .summary = "What was done in the caller's own namespace, newest first, 20 entries a page.",
             .tag = "Logs",
             .errors = {400, 401, 403}},
            list_logs<UserLogs>);
  table.add({.id = "listOrgLogs",
             .verb = Verb::get,
             .path = "/api/v1/organization/{orgname}/logs",
             .scope = Scope::org_admin,
             .summary = "What was done in an organization, newest first, 20 entries a page.",
             .tag = "Logs",
             .errors = {400, 401, 403, 404}},
            list_logs<OrganizationLogs>);
  table.add({.id = "listAllLogs",
             .verb = Verb::get,
             .path = "/api/v1/superuser/logs",
             .scope = Scope::super_user,
             .summary = "What was done in the whole registry, newest first, 20 entries a page.",
             .tag = "Logs",
             .errors = {400, 401, 403, 404},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            list_logs<AllLogs>);
  table.add({.id = "getAggregateRepoLogs",
             .verb = Verb::get,
             .path = "/api/v1/repository/{repository}/aggregatelogs",
             .scope = Scope::repo_admin,
             .summary = "How often what was done in a repository, by day.",
             .tag = "Logs",
             .errors = {400, 401, 403, 404},
             .features = {"AGGREGATED_LOG_COUNT_RETRIEVAL"}},
            sum_logs<RepositoryTimes>);
  table.add({.id = "getAggregateUserLogs",
             .verb = Verb::get,
             .path = "/api/v1/user/aggregatelogs",
             .scope = Scope::user_admin,
             .summary = "How often what was done in the caller's own namespace, by day.",
             .tag = "Logs",
             .errors = {400, 401, 403, 404},
             .features = {"AGGREGATED_LOG_COUNT_RETRIEVAL"}},
            sum_logs<UserTimes>);
  table.add({.id = "getAggregateOrgLogs",
             .verb = Verb::get,
             .path = "/api/v1/organization/{orgname}/aggregatelogs",
             .scope = Scope::org_admin,
             .summary = "How often what was done in an organization, by day.",
             .tag = "Logs",
             .errors = {400, 401, 403, 404},
             .features = {"AGGREGATED_LOG_COUNT_RETRIEVAL"}},
            sum_logs<OrganizationTimes>);
  table.add({.id = "listAllAggregateLogs",
             .verb = Verb::get,
             .path = "/api/v1/superuser/aggregatelogs",
             .scope = Scope::super_user,
             .summary = "How often what was done in the whole registry, by day.",
             .tag = "Logs",
             .errors = {400, 401, 403, 404},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            sum_logs<AllTimes>);
  table.add({.id = "exportRepoLogs",
             .verb = Verb::post,
             .path = "/api/v1/repository/{repository}/exportlogs",
             .scope = Scope::repo_admin,
             .summary = "Has the log of a repository exported: whoever is named is told where the file is.",
             .tag = "Logs",
             .errors = {400, 401, 403, 404, 415},
             .features = {"LOG_EXPORT"}},
            export_logs<RepositoryTimes>);
  table.add({.id = "exportUserLogs",
             .verb = Verb::post,
             .path = "/api/v1/user/exportlogs",
             .scope = Scope::user_admin,
             .summary = "Has the log of the caller's own namespace exported.",
             .tag = "Logs",
             .errors = {400, 401, 403, 404, 415},
             .features = {"LOG_EXPORT"}},
            export_logs<UserTimes>);
  table.add({.id = "exportOrgLogs",
             .verb = Verb::post,
             .path = "/api/v1/organization/{orgname}/exportlogs",
             .scope = Scope::org_admin,
             .summary = "Has the log of an organization exported.",
             .tag = "Logs",
             .errors = {400, 401, 403, 404, 415},
             .features = {"LOG_EXPORT"}},
            export_logs<OrganizationTimes>);
  table.add({.id = "getExportedLogs",
             .verb = Verb::get,
             .path = "/exportedlogs/{code}",
             .summary = "The file of an export, for an hour; its address is the secret.",
             .tag = "Logs",
             .errors = {404},
             .anonymous = true,
             .protocol = http::Protocol::web,
             .features = {"LOG_EXPORT"}},
            get_exported_logs);
}

}  // namespace wharf::api
