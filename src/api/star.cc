#include "api/star.h"

#include "service/star.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct ListStars {
  std::string next_page;  // query: where the last page ended
};
BOOST_DESCRIBE_STRUCT(ListStars, (), (next_page))

struct StarredItem {
  std::string namespace_;
  std::string name;
  std::string description;
  bool is_public = false;
};
BOOST_DESCRIBE_STRUCT(StarredItem, (), (namespace_, name, description, is_public))

struct StarredList {
  std::vector<StarredItem> repositories;
  std::optional<std::string> next_page;  // only where there is more
};
BOOST_DESCRIBE_STRUCT(StarredList, (), (repositories, next_page))

awaitable<Result<StarredList>> list_stars(Call& call, ListStars in) {
  auto page = co_await call.services.stars.list(call.who, std::move(in.next_page));
  if (!page) co_return page.error();
  StarredList list;
  for (auto& each : page->repositories) {
    list.repositories.push_back({.namespace_ = std::move(each.ns),
                                 .name = std::move(each.name),
                                 .description = std::move(each.description),
                                 .is_public = each.is_public});
  }
  if (!page->next_page.empty()) list.next_page = std::move(page->next_page);
  co_return list;
}

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

/// The body of a request for a star, and the answer to it.
struct Star {
  std::string namespace_;
  std::string repository;
};
BOOST_DESCRIBE_STRUCT(Star, (), (namespace_, repository))

awaitable<Result<Star>> create_star(Call& call, NoParameters, Result<Star> body) {
  auto name = body ? Result<RepoName>(RepoName{std::move(body->namespace_), std::move(body->repository)})
                   : Result<RepoName>(body.error());
  auto starred = co_await call.services.stars.add(call.who, std::move(name));
  if (!starred) co_return starred.error();
  co_return Star{.namespace_ = std::move(starred->ns), .repository = std::move(starred->name)};
}

struct StarPath {
  RepoName repository;
};
BOOST_DESCRIBE_STRUCT(StarPath, (), (repository))

awaitable<Result<http::Nothing>> delete_star(Call& call, StarPath in) {
  auto done = co_await call.services.stars.remove(call.who, std::move(in.repository));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

}  // namespace

void add_star_operations(service::OperationTable& table) {
  table.add({.id = "listStarredRepos",
             .verb = Verb::get,
             .path = "/api/v1/user/starred",
             .scope = Scope::user_admin,
             .summary = "Repositories that the caller has starred.",
             .tag = "Stars",
             .errors = {401, 403}},
            list_stars);
  table.add({.id = "createStar",
             .verb = Verb::post,
             .path = "/api/v1/user/starred",
             .scope = Scope::user_admin,
             .summary = "Stars a repository that the caller may see.",
             .tag = "Stars",
             .status = 201,
             .errors = {400, 401, 403, 404, 415}},
            create_star);
  table.add({.id = "deleteStar",
             .verb = Verb::delete_,
             .path = "/api/v1/user/starred/{repository}",
             .scope = Scope::user_admin,
             .summary = "Takes the caller's star from a repository.",
             .tag = "Stars",
             .status = 204,
             .errors = {401, 403}},
            delete_star);
}

}  // namespace wharf::api
