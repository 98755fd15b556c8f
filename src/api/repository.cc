#include "api/repository.h"

#include <set>

#include "api/success.h"
#include "service/repository.h"
#include "store/access.h"

namespace wharf::api {
namespace {

using service::Call;
using store::RepositoryKind;
using store::Visibility;

struct ListRepositories {      // all in the query
  std::string namespace_;      // only this namespace; "" = every
  bool starred = false;        // only what the caller has starred
  bool public_ = false;        // what is public too
  bool last_modified = false;  // with the time of the newest tag
  bool popularity = false;     // with how much went on lately
  std::string repo_kind;       // "image"
  std::string next_page;       // of the page before
};
BOOST_DESCRIBE_STRUCT(ListRepositories, (),
                      (namespace_, starred, public_, last_modified, popularity, repo_kind, next_page))

struct RepositoryItem {
  std::string namespace_;
  std::string name;
  std::string description;
  bool is_public = false;
  RepositoryKind kind = RepositoryKind::image;
  std::string state;
  std::int64_t tag_count = 0;
  std::string status_token;
  std::optional<json::Nullable<std::int64_t>> last_modified;  // seconds since 1970
  std::optional<double> popularity;
  std::optional<bool> is_starred;
};
BOOST_DESCRIBE_STRUCT(RepositoryItem, (),
                      (namespace_, name, description, is_public, kind, state, tag_count, status_token, last_modified,
                       popularity, is_starred))

struct RepositoryList {
  std::vector<RepositoryItem> repositories;
  std::optional<std::string> next_page;
};
BOOST_DESCRIBE_STRUCT(RepositoryList, (), (repositories, next_page))

/// The badge's token, which a public repository does not need.
std::string status_token(const store::Repository& row) {
  return row.visibility == Visibility::public_ ? std::string() : row.badge_token;
}

awaitable<Result<RepositoryList>> list_repositories(Call& call, ListRepositories in) {
  service::RepositoryQuery query{in.namespace_, in.starred, in.public_, in.repo_kind, in.next_page};
  auto page = co_await call.services.repositories.list(call.who, std::move(query));
  if (!page) co_return page.error();
  RepositoryList list;
  list.next_page = page->next_page;
  for (const auto& row : page->repositories) {
    RepositoryItem item{row.ns,       row.name,     row.description, row.visibility == Visibility::public_,
                        row.kind,     row.state,    row.tag_count,   status_token(row),
                        std::nullopt, std::nullopt, std::nullopt};
    if (in.last_modified) {
      item.last_modified.emplace();
      if (row.last_modified_ms > 0) item.last_modified->emplace(row.last_modified_ms / 1000);
    }
    if (in.popularity) item.popularity = static_cast<double>(row.recent_actions);
    if (!call.who.anonymous()) item.is_starred = row.is_starred;
    list.repositories.push_back(std::move(item));
  }
  co_return list;
}

struct CreateRepository {
  std::string repository;
  std::string namespace_;
  Visibility visibility = Visibility::private_;
  std::optional<std::string> description;
  std::optional<json::Nullable<RepositoryKind>> repo_kind;
};
BOOST_DESCRIBE_STRUCT(CreateRepository, (), (repository, namespace_, visibility, description, repo_kind))

struct CreatedRepository {
  std::string namespace_;
  std::string name;
  RepositoryKind kind = RepositoryKind::image;
};
BOOST_DESCRIBE_STRUCT(CreatedRepository, (), (namespace_, name, kind))

awaitable<Result<CreatedRepository>> create_repository(Call& call, CreateRepository in) {
  if (in.repo_kind && *in.repo_kind && **in.repo_kind != RepositoryKind::image) {
    co_return Error{Errc::invalid_request, "repo_kind: only image repositories can be created"};
  }
  RepoName name{in.namespace_, in.repository};
  auto made =
      co_await call.services.repositories.create(call.who, std::move(name), in.visibility, in.description.value_or(""));
  if (!made) co_return made.error();
  co_return CreatedRepository{made->ns, made->name, RepositoryKind::image};
}

struct GetRepository {
  RepoName repository;        // path
  bool includeTags = true;    // query: with the live tags
  bool includeStats = false;  // query: with how much went on lately, by day
};
BOOST_DESCRIBE_STRUCT(GetRepository, (), (repository, includeTags, includeStats))

struct DayStatistics {
  std::string date;  // "2020-11-03"
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(DayStatistics, (), (date, count))

/// Quay's order: the days that had anything, then the others of the last three months, which had nothing.
std::vector<DayStatistics> statistics_of(const std::vector<store::DayOfActions>& days, Millis now) {
  constexpr Millis kDayMs = 86'400'000;
  constexpr int kDaysBefore = 91;
  const auto date = [](std::int64_t day) { return rfc3339(day * kDayMs).substr(0, 10); };
  std::vector<DayStatistics> statistics;
  std::set<std::int64_t> known;
  for (const auto& day : days) {
    statistics.push_back({date(day.day), day.actions});
    known.insert(day.day);
  }
  for (int back = 1; back <= kDaysBefore; ++back) {
    const auto day = now / kDayMs - back;
    if (!known.contains(day)) statistics.push_back({date(day), 0});
  }
  return statistics;
}

struct TagSummary {
  std::string name;
  std::int64_t size = 0;
  Rfc2822 last_modified;
  std::optional<Rfc2822> expiration;
  std::string manifest_digest;
};
BOOST_DESCRIBE_STRUCT(TagSummary, (), (name, size, last_modified, expiration, manifest_digest))

struct Repository {
  std::string namespace_;
  std::string name;
  RepositoryKind kind = RepositoryKind::image;
  std::string description;
  bool is_public = false;
  bool is_organization = false;
  bool is_starred = false;
  std::int64_t tag_count = 0;
  std::string status_token;
  bool trust_enabled = false;
  std::int64_t tag_expiration_s = 0;
  bool is_free_account = true;
  std::string state;
  bool can_write = false;
  bool can_admin = false;
  std::optional<std::map<std::string, TagSummary>> tags;
  std::optional<std::vector<DayStatistics>> stats;
};
BOOST_DESCRIBE_STRUCT(Repository, (),
                      (namespace_, name, kind, description, is_public, is_organization, is_starred, tag_count,
                       status_token, trust_enabled, tag_expiration_s, is_free_account, state, can_write, can_admin,
                       tags, stats))

awaitable<Result<Repository>> get_repository(Call& call, GetRepository in) {
  const service::RepositoryParts parts{.tags = in.includeTags, .days = in.includeStats};
  auto view = co_await call.services.repositories.get(call.who, in.repository, parts);
  if (!view) co_return view.error();
  const auto& row = view->repository;
  Repository shown;
  shown.namespace_ = row.ns;
  shown.name = row.name;
  shown.kind = row.kind;
  shown.description = row.description;
  shown.is_public = row.visibility == Visibility::public_;
  shown.is_organization = row.is_organization;
  shown.is_starred = row.is_starred;
  shown.tag_count = row.tag_count;
  shown.status_token = status_token(row);
  shown.tag_expiration_s = row.tag_expiration_s;
  shown.state = row.state;
  shown.can_write = view->can_write;
  shown.can_admin = view->can_admin;
  if (in.includeStats) shown.stats = statistics_of(view->days, now_ms());
  if (in.includeTags) {
    shown.tags.emplace();
    for (const auto& tag : view->tags) {
      TagSummary summary{tag.name, tag.size_bytes, Rfc2822{tag.start_ms}, std::nullopt, tag.digest};
      if (tag.end_ms != store::kForever) summary.expiration = Rfc2822{tag.end_ms};
      shown.tags->emplace(tag.name, std::move(summary));
    }
  }
  co_return shown;
}

struct RepositoryPath {
  RepoName repository;
};
BOOST_DESCRIBE_STRUCT(RepositoryPath, (), (repository))

awaitable<Result<http::Nothing>> delete_repository(Call& call, RepositoryPath in) {
  auto done = co_await call.services.repositories.remove(call.who, in.repository);
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

struct UpdateRepository {
  std::string description;
};
BOOST_DESCRIBE_STRUCT(UpdateRepository, (), (description))

awaitable<Result<Success>> update_repository(Call& call, RepositoryPath in, Result<UpdateRepository> body) {
  Result<std::string> description = body ? Result<std::string>(body->description) : body.error();
  auto done = co_await call.services.repositories.describe(call.who, in.repository, std::move(description));
  if (!done) co_return done.error();
  co_return Success{};
}

struct ChangeVisibility {
  Visibility visibility = Visibility::private_;
};
BOOST_DESCRIBE_STRUCT(ChangeVisibility, (), (visibility))

awaitable<Result<Success>> change_visibility(Call& call, RepositoryPath in, Result<ChangeVisibility> body) {
  Result<Visibility> visibility = body ? Result<Visibility>(body->visibility) : body.error();
  auto done = co_await call.services.repositories.show(call.who, in.repository, std::move(visibility));
  if (!done) co_return done.error();
  co_return Success{};
}

enum class WantedState { NORMAL, READ_ONLY, MIRROR };
BOOST_DESCRIBE_ENUM(WantedState, NORMAL, READ_ONLY, MIRROR)

struct ChangeState {
  WantedState state = WantedState::NORMAL;
};
BOOST_DESCRIBE_STRUCT(ChangeState, (), (state))

awaitable<Result<Success>> change_state(Call& call, RepositoryPath in, Result<ChangeState> body) {
  Result<std::string> state = body ? Result<std::string>(std::string(json::enum_text(body->state))) : body.error();
  // A repository becomes a mirror by what it mirrors.
  if (body && body->state == WantedState::MIRROR) {
    state = Error{Errc::invalid_request, "state: the repository has no mirror configuration"};
  }
  auto done = co_await call.services.repositories.set_state(call.who, in.repository, std::move(state));
  if (!done) co_return done.error();
  co_return Success{};
}

}  // namespace

void add_repository_operations(service::OperationTable& table) {
  using http::Scope;
  using http::Verb;
  table.add({.id = "listRepositories",
             .verb = Verb::get,
             .path = "/api/v1/repository",
             .scope = Scope::repo_read,
             .summary = "Repositories that the caller may see, 100 a page.",
             .tag = "Repositories",
             .errors = {401},
             .anonymous = true},
            list_repositories);
  table.add({.id = "createRepository",
             .verb = Verb::post,
             .path = "/api/v1/repository",
             .scope = Scope::repo_create,
             .summary = "Makes a repository in a namespace.",
             .tag = "Repositories",
             .status = 201,
             .errors = {400, 401, 403, 415}},
            create_repository);
  table.add({.id = "getRepository",
             .verb = Verb::get,
             .path = "/api/v1/repository/{repository}",
             .scope = Scope::repo_read,
             .summary = "One repository, with its live tags.",
             .tag = "Repositories",
             .errors = {401, 403, 404},
             .anonymous = true},
            get_repository);
  table.add({.id = "deleteRepository",
             .verb = Verb::delete_,
             .path = "/api/v1/repository/{repository}",
             .scope = Scope::repo_admin,
             .summary = "Deletes a repository with all that is in it.",
             .tag = "Repositories",
             .status = 204,
             .errors = {401, 403, 404}},
            delete_repository);
  table.add({.id = "updateRepo",
             .verb = Verb::put,
             .path = "/api/v1/repository/{repository}",
             .scope = Scope::repo_write,
             .summary = "Changes the description of a repository.",
             .tag = "Repositories",
             .errors = {400, 401, 403, 404, 415}},
            update_repository);
  table.add({.id = "changeRepoVisibility",
             .verb = Verb::post,
             .path = "/api/v1/repository/{repository}/changevisibility",
             .scope = Scope::repo_admin,
             .summary = "Makes a repository public or private.",
             .tag = "Repositories",
             .errors = {400, 401, 403, 404, 415}},
            change_visibility);
  table.add({.id = "changeRepoState",
             .verb = Verb::put,
             .path = "/api/v1/repository/{repository}/changestate",
             .scope = Scope::repo_admin,
             .summary = "Makes the content of a repository read-only, or lets it change again.",
             .tag = "Repositories",
             .errors = {400, 401, 403, 404, 415}},
            change_state);
}

}  // namespace wharf::api
