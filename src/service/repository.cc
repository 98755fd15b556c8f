#include "service/repository.h"

#include "auth/access.h"
#include "base/clock.h"
#include "service/audit.h"

namespace wharf::service {
namespace {

constexpr int kRepositoriesAPage = 100;
constexpr int kTagsShown = 500;
constexpr int kDaysShown = 92;
constexpr Millis kDayMs = 86'400'000;
constexpr std::string_view kList = "repositories";

LogPlace place_of(const auth::Access& access) { return {access.row().namespace_id, access.repository_id()}; }

json::Object named(const RepoName& name) { return {{"repo", name.name}, {"namespace", name.ns}}; }

}  // namespace

awaitable<Result<RepositoryPage>> RepositoryService::list(auth::Principal who, RepositoryQuery query) {
  const bool all = query.ns.empty() && !query.starred && !query.with_public;
  if (who.anonymous() && (all || query.starred)) co_return auth::refusal(who);
  const auto now = now_ms();
  store::RepositoryFilter filter;
  filter.ns = query.ns;
  filter.starred = query.starred;
  // A star is on what one may see, and what is public may be seen.
  filter.with_public = query.with_public || all || query.starred;
  filter.with_permission = !who.anonymous() && who.has(auth::ScopeSet::repo_read);
  filter.everything = auth::sees_everything(who);
  filter.after_id = pages_.read(kList, query.page, now);
  filter.limit = kRepositoriesAPage + 1;
  RepositoryPage page;
  if (query.kind == "application") co_return page;
  auto read = [&](db::Tx& tx) { return store::list_repositories(tx, who.account_id, filter, now); };
  page.repositories = co_await db_.read(std::move(read));
  if (std::ssize(page.repositories) > kRepositoriesAPage) {
    page.repositories.pop_back();
    page.next_page = pages_.make(kList, page.repositories.back().id, now);
  }
  co_return page;
}

awaitable<Result<RepoName>> RepositoryService::create(auth::Principal who, RepoName name, store::Visibility visibility,
                                                      std::string description) {
  auto write = [&](db::Tx& tx) -> Result<RepoName> {
    const auto access = auth::Access::find(tx, who, name);
    if (!access.may_create() || !access.namespace_exists() || !access.row().namespace_enabled) {
      return auth::refusal(who);
    }
    if (access.repository_exists()) return Error{Errc::already_exists, "Repository already exists"};
    const bool nested = name.name.find('/') != std::string::npos;
    if (!is_repository_name(name.name) || (nested && !settings_.features.extended_repository_names)) {
      return Error{Errc::invalid_request, "Invalid repository name"};
    }
    const store::NewRepository wanted{access.row().namespace_id, name.name, visibility, description, who.account_id};
    const auto made = store::create_repository(tx, wanted, now_ms());
    if (!made) return Error{Errc::already_exists, "Repository already exists"};
    audit(tx, who, "create_repo", {wanted.namespace_id, *made}, named(name));
    return name;
  };
  co_return co_await db_.write(std::move(write));
}

awaitable<Result<RepositoryView>> RepositoryService::get(auth::Principal who, RepoName name, RepositoryParts parts) {
  auto read = [&](db::Tx& tx) -> Result<RepositoryView> {
    const auto access = auth::require(tx, who, name, auth::Action::read);
    if (!access) return access.error();
    const auto now = now_ms();
    auto repository = store::get_repository(tx, access->repository_id(), who.account_id, now);
    if (!repository) return Error{Errc::repo_unknown, "Not Found"};
    RepositoryView view{std::move(*repository), false, access->may(auth::Action::admin), {}, {}};
    view.can_write = access->may(auth::Action::write) && view.repository.state == "NORMAL";
    if (parts.days) view.days = store::list_actions(tx, access->repository_id(), now / kDayMs - kDaysShown + 1);
    if (parts.tags) {
      store::TagFilter filter;
      filter.only_live = true;
      filter.limit = kTagsShown;
      view.tags = store::list_tags(tx, access->repository_id(), filter, now).tags;
    }
    return view;
  };
  co_return co_await db_.read(std::move(read));
}

awaitable<Result<bool>> RepositoryService::remove(auth::Principal who, RepoName name) {
  auto write = [&](db::Tx& tx) -> Result<bool> {
    const auto access = auth::require(tx, who, name, auth::Action::admin);
    if (!access) return access.error();
    store::delete_repository(tx, access->repository_id(), now_ms());
    audit(tx, who, "delete_repo", place_of(*access), named(name));
    return true;
  };
  co_return co_await db_.write(std::move(write));
}

awaitable<Result<bool>> RepositoryService::describe(auth::Principal who, RepoName name,
                                                    Result<std::string> description) {
  auto write = [&](db::Tx& tx) -> Result<bool> {
    const auto access = auth::require(tx, who, name, auth::Action::write);
    if (!access) return access.error();
    if (!description) return description.error();
    store::set_repository_description(tx, access->repository_id(), *description);
    auto metadata = named(name);
    metadata["description"] = *description;
    audit(tx, who, "set_repo_description", place_of(*access), std::move(metadata));
    return true;
  };
  co_return co_await db_.write(std::move(write));
}

awaitable<Result<bool>> RepositoryService::show(auth::Principal who, RepoName name,
                                                Result<store::Visibility> visibility) {
  auto write = [&](db::Tx& tx) -> Result<bool> {
    const auto access = auth::require(tx, who, name, auth::Action::admin);
    if (!access) return access.error();
    if (!visibility) return visibility.error();
    store::set_repository_visibility(tx, access->repository_id(), *visibility);
    auto metadata = named(name);
    metadata["visibility"] = json::enum_text(*visibility);
    audit(tx, who, "change_repo_visibility", place_of(*access), std::move(metadata));
    return true;
  };
  co_return co_await db_.write(std::move(write));
}

awaitable<Result<bool>> RepositoryService::set_state(auth::Principal who, RepoName name, Result<std::string> state) {
  auto write = [&](db::Tx& tx) -> Result<bool> {
    const auto access = auth::require(tx, who, name, auth::Action::admin);
    if (!access) return access.error();
    if (!state) return state.error();
    store::set_repository_state(tx, access->repository_id(), *state);
    auto metadata = named(name);
    metadata["state_changed"] = *state;
    audit(tx, who, "change_repo_state", place_of(*access), std::move(metadata));
    return true;
  };
  co_return co_await db_.write(std::move(write));
}

}  // namespace wharf::service
