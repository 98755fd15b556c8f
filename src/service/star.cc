#include "service/star.h"

#include "auth/access.h"
#include "store/repository.h"
#include "store/star.h"

namespace wharf::service {
namespace {

constexpr int kStarsAPage = 100;
constexpr std::string_view kList = "stars";

}  // namespace

awaitable<Result<StarPage>> StarService::list(auth::Principal who, std::string page) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  const auto now = now_ms();
  store::RepositoryFilter filter;
  filter.starred = true;
  filter.with_public = true;
  filter.with_permission = who.has(auth::ScopeSet::repo_read);
  filter.everything = auth::sees_everything(who);
  filter.after_id = pages_.read(kList, page, now);
  filter.limit = kStarsAPage + 1;
  auto read = [=](db::Tx& tx) { return store::list_repositories(tx, who.account_id, filter, now); };
  auto rows = co_await tools_.db.read(std::move(read));
  StarPage result;
  if (std::ssize(rows) > kStarsAPage) {
    rows.pop_back();
    result.next_page = pages_.make(kList, rows.back().id, now);
  }
  for (auto& row : rows) {
    result.repositories.push_back({.ns = std::move(row.ns),
                                   .name = std::move(row.name),
                                   .description = std::move(row.description),
                                   .is_public = row.visibility == store::Visibility::public_});
  }
  co_return result;
}

awaitable<Result<RepoName>> StarService::add(auth::Principal who, Result<RepoName> name) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  if (!name) co_return name.error();
  auto write = [=](db::Tx& tx) -> Result<RepoName> {
    const auto access = auth::require(tx, who, *name, auth::Action::read);
    if (!access) return access.error();
    store::add_star(tx, who.account_id, access->repository_id(), now_ms());
    return *name;
  };
  co_return co_await tools_.db.write(std::move(write));
}

awaitable<Result<bool>> StarService::remove(auth::Principal who, RepoName name) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  // What no repository can be called has no star.
  if (!is_namespace_segment(name.ns) || !is_repository_name(name.name)) co_return true;
  auto write = [=](db::Tx& tx) { return store::delete_star(tx, who.account_id, name), true; };
  co_return co_await tools_.db.write(std::move(write));
}

}  // namespace wharf::service
