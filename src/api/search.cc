#include "api/search.h"

#include "service/search.h"

namespace wharf::api {
namespace {

using http::Scope;
using service::Call;

struct FindEntities {
  std::string prefix;         // path
  std::string namespace_;     // query: where they are to be given something
  bool includeTeams = false;  // query: its teams too
  bool includeOrgs = false;   // query: the organization itself too
};
BOOST_DESCRIBE_STRUCT(FindEntities, (), (prefix, namespace_, includeTeams, includeOrgs))

struct EntityItem {
  std::string name;
  std::string kind;
  std::optional<bool> is_robot;
  std::optional<bool> is_org_member;
  service::Avatar avatar;
};
BOOST_DESCRIBE_STRUCT(EntityItem, (), (name, kind, is_robot, is_org_member, avatar))

struct EntityList {
  std::vector<EntityItem> results;
};
BOOST_DESCRIBE_STRUCT(EntityList, (), (results))

awaitable<Result<EntityList>> find_entities(Call& call, FindEntities in) {
  service::EntityQuery query{.prefix = std::move(in.prefix),
                             .ns = std::move(in.namespace_),
                             .with_teams = in.includeTeams,
                             .with_organization = in.includeOrgs};
  auto found = co_await call.services.search.entities(call.who, std::move(query));
  if (!found) co_return found.error();
  EntityList list;
  for (auto& entity : *found) {
    list.results.push_back({.name = std::move(entity.name),
                            .kind = std::move(entity.kind),
                            .is_robot = entity.is_robot,
                            .is_org_member = entity.is_member,
                            .avatar = std::move(entity.avatar)});
  }
  co_return list;
}

struct FindAll {
  std::string query;  // query: what to look for; "" finds nothing
};
BOOST_DESCRIBE_STRUCT(FindAll, (), (query))

awaitable<Result<service::SearchHits>> find_all(Call& call, FindAll in) {
  co_return co_await call.services.search.all(call.who, std::move(in.query));
}

struct FindRepositories {     // all in the query
  std::string query;          // what to look for; "" finds every one
  int page = 1;               // 1 is the first
  bool includeUsage = false;  // with last_modified, stars and popularity
};
BOOST_DESCRIBE_STRUCT(FindRepositories, (), (query, page, includeUsage))

awaitable<Result<service::RepositoryHits>> find_repositories(Call& call, FindRepositories in) {
  co_return co_await call.services.search.repositories(call.who, std::move(in.query), in.page, in.includeUsage);
}

}  // namespace

void add_search_operations(service::OperationTable& table) {
  table.add({.id = "getMatchingEntities",
             .path = "/api/v1/entities/{prefix}",
             .summary = "Users, robots and teams whose names begin so.",
             .tag = "Search",
             .errors = {400, 401},
             .anonymous = true},
            find_entities);
  table.add({.id = "conductSearch",
             .path = "/api/v1/find/all",
             .scope = Scope::repo_read,
             .summary = "Repositories, namespaces, teams and robots by name.",
             .tag = "Search",
             .errors = {400, 401},
             .anonymous = true},
            find_all);
  table.add({.id = "conductRepoSearch",
             .path = "/api/v1/find/repositories",
             .scope = Scope::repo_read,
             .summary = "Repositories by name or description, best first.",
             .tag = "Search",
             .errors = {400, 401},
             .anonymous = true},
            find_repositories);
}

}  // namespace wharf::api
