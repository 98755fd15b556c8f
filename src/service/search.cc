#include "service/search.h"

#include <algorithm>
#include <tuple>

#include "auth/access.h"
#include "base/names.h"
#include "base/text.h"
#include "service/similarity.h"
#include "store/access.h"
#include "store/search.h"
#include "store/tag_tally.h"

namespace wharf::service {
namespace {

constexpr std::size_t kLongestText = 255;
constexpr int kOfEachKind = 5;  // in a search of everything
constexpr int kEntities = 10;
constexpr std::int64_t kTextsAStep = 500;
constexpr std::int64_t kTagsAStep = 5000;
constexpr double kTeamScore = 2;
constexpr double kUnlike = 0.5;  // the similarity of what was not found by its name

/// The text as it is looked for: without spaces around it, in lower case.
Result<std::string> normal(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return std::string();
  text = text.substr(first, text.find_last_not_of(kSpace) - first + 1);
  if (character_count(text) > kLongestText) {
    return Error{Errc::invalid_request, "query: at most 255 characters"};
  }
  return lower_ascii(text);
}

NamespaceHit namespace_hit(store::AccountKind kind, const std::string& name, const std::optional<std::string>& email) {
  const bool org = kind == store::AccountKind::organization;
  NamespaceHit hit;
  hit.kind = org ? "organization" : "user";
  hit.title = org ? "org" : "user";
  hit.name = name;
  hit.avatar = make_avatar(org ? AvatarKind::org : AvatarKind::user, name, email);
  hit.href = (org ? "/organization/" : "/user/") + name;
  return hit;
}

NamespaceHit robot_hit(const auth::Principal& who, const std::string& name) {
  const auto plus = name.find('+');
  const auto owner = name.substr(0, plus);
  NamespaceHit hit;
  hit.kind = hit.title = "robot";
  hit.name = name;
  hit.href = (owner == who.name ? "/user/" : "/organization/") + owner + "?tab=robots&showRobot=" + name;
  hit.short_name = name.substr(plus + 1);
  return hit;
}

RepositoryHit repository_hit(const store::FoundRepository& row) {
  RepositoryHit hit;
  hit.namespace_ = namespace_hit(row.namespace_kind, row.ns, row.ns_email);
  hit.name = row.name;
  hit.description = row.description;
  hit.is_public = row.visibility == store::Visibility::public_;
  hit.href = "/repository/" + row.ns + '/' + row.name;
  return hit;
}

SearchHit as_search_hit(NamespaceHit from) {
  SearchHit hit;
  hit.kind = std::move(from.kind);
  hit.title = std::move(from.title);
  hit.name = std::move(from.name);
  hit.score = from.score;
  hit.href = std::move(from.href);
  hit.avatar = std::move(from.avatar);
  hit.short_name = std::move(from.short_name);
  return hit;
}

SearchHit as_search_hit(RepositoryHit from) {
  SearchHit hit;
  hit.kind = std::move(from.kind);
  hit.title = std::move(from.title);
  hit.name = std::move(from.name);
  hit.score = from.score;
  hit.href = std::move(from.href);
  hit.namespace_ = std::move(from.namespace_);
  hit.description = std::move(from.description);
  hit.is_public = from.is_public;
  return hit;
}

SearchHit team_hit(const store::FoundTeam& team) {
  SearchHit hit;
  hit.kind = "team";
  hit.name = team.name;
  hit.score = kTeamScore;
  hit.href = "/organization/" + team.organization + "/teams/" + team.name;
  hit.avatar.emplace() = make_avatar(AvatarKind::team, team.name);
  hit.organization = namespace_hit(store::AccountKind::organization, team.organization, team.organization_email);
  return hit;
}

/// Of the repositories that `who` may see.
store::RepositorySearch search_of(const auth::Principal& who) {
  store::RepositorySearch search;
  search.account_id = who.account_id;
  search.with_permission = who.has(auth::ScopeSet::repo_read);
  search.everything = auth::sees_everything(who);
  return search;
}

/// The first `limit` repositories that `who` may see. `text` is normal.
std::vector<store::FoundRepository> find_repositories(db::Tx& tx, const auth::Principal& who, const std::string& text,
                                                      std::int64_t limit) {
  auto search = search_of(who);
  search.text = text;
  search.limit = limit;
  if (const auto slash = text.find('/'); slash != std::string::npos && is_namespace_segment(text.substr(0, slash))) {
    const auto account = store::find_account(tx, text.substr(0, slash));
    if (account && account->kind != store::AccountKind::robot) {
      search.namespace_id = account->id;
      search.text = text.substr(slash + 1);
    }
  }
  return store::search_repositories(tx, search, now_ms());
}

/// Takes out of what a replica found what `who` may not see (any more): that is for the primary to say.
void keep_visible(db::Tx& tx, const auth::Principal& who, std::vector<store::FoundRepository>& found) {
  std::vector<std::int64_t> ids;
  for (const auto& row : found) ids.push_back(row.id);
  const auto visible = store::visible_repositories(tx, search_of(who), ids);
  std::erase_if(found, [&](const store::FoundRepository& row) { return !visible.contains(row.id); });
}

/// What everybody, or every reader, finds by its name.
struct Found {
  std::vector<store::FoundRepository> repositories;
  std::vector<store::FoundAccount> namespaces;
};

/// What `who` finds among the things of their own and of the organizations that they administer.
void add_own(db::Tx& tx, const auth::Principal& who, const std::string& text, std::vector<SearchHit>& hits) {
  if (who.kind != auth::Principal::Kind::user) return;
  store::OwnSearch search{.account_id = who.account_id, .prefix = text, .limit = kOfEachKind};
  search.administered = auth::team_rights(who, store::kTeamAdmin).admin;
  search.own = auth::team_rights(who, store::kMember).member;
  for (const auto& team : store::search_teams(tx, search)) hits.push_back(team_hit(team));
  search.own = who.has(auth::ScopeSet::user_admin);
  for (const auto& robot : store::search_robots(tx, search)) hits.push_back(as_search_hit(robot_hit(who, robot)));
}

/// The letters of names that are nearest to those of `text`: names have no others. What has none is left out.
std::string in_letters_of_names(std::string_view text) {
  // U+00C0 to U+017F, two letters each; a space stands for nothing.
  constexpr std::string_view kLatin =
      "a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thss"
      "a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thy "
      "a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g "
      "g g g g h h h h i i i i i i i i i i ijijj j k k k l l l l l l l "
      "l l l n n n n n n n ngngo o o o o o oeoer r r r r r s s s s s s "
      "s s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s ";
  static_assert(kLatin.size() == 2 * (0x180 - 0xC0));
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      if (c > ' ') result += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    } else if (c >= 0xC3 && c <= 0xC5 && i + 1 < text.size()) {  // the lead bytes of that range
      const auto next = static_cast<unsigned char>(text[++i]);
      const std::size_t at = 2 * (((c & 0x1FU) << 6U | (next & 0x3FU)) - 0xC0);
      for (const char letter : kLatin.substr(at, 2)) {
        if (letter != ' ') result += letter;
      }
    }
  }
  return result;
}

std::vector<Entity> find_entities(db::Tx& tx, const auth::Principal& who, const EntityQuery& query, bool exact_users) {
  store::EntitySearch search{.prefix = query.prefix, .exact_users = exact_users, .limit = kEntities};
  const auto access = auth::Access::find(tx, who, {query.ns, ""});
  const bool org = access.is_organization();
  const bool owner = !org && who.kind == auth::Principal::Kind::user && who.name == query.ns;
  const bool inside = org ? access.is_member() || access.looks_on()
                          : (owner && who.has(auth::ScopeSet::user_admin)) || access.looks_on();
  std::vector<Entity> found;
  if (access.namespace_exists()) {
    if (org) search.organization_id = access.row().namespace_id;
    if (inside) {
      const auto start = query.ns + '+';
      search.robots_of = access.row().namespace_id;
      search.robot_prefix = query.prefix.starts_with(start) ? query.prefix : start + query.prefix;
    }
    if (org && inside && query.with_teams) {
      for (auto& name : store::search_teams_of(tx, access.row().namespace_id, query.prefix, kEntities)) {
        auto avatar = make_avatar(AvatarKind::team, name);
        found.push_back({.name = std::move(name),
                         .kind = "team",
                         .is_robot = std::nullopt,
                         .is_member = true,
                         .avatar = std::move(avatar)});
      }
    }
  }
  for (auto& row : store::search_entities(tx, search)) {
    const bool robot = row.kind == store::AccountKind::robot;
    Entity entity;
    entity.kind = "user";
    entity.is_robot = robot;
    if (org) entity.is_member = robot || row.is_member;
    entity.avatar = make_avatar(robot ? AvatarKind::robot : AvatarKind::user, row.name, row.email);
    entity.name = std::move(row.name);
    found.push_back(std::move(entity));
  }
  const bool namespace_admin = access.is_namespace_admin() || access.looks_on();
  if (org && query.with_organization && namespace_admin && query.ns.starts_with(query.prefix)) {
    const auto account = store::find_account(tx, query.ns);
    found.push_back({.name = query.ns,
                     .kind = "org",
                     .is_robot = std::nullopt,
                     .is_member = true,
                     .avatar = make_avatar(AvatarKind::org, query.ns,
                                           account ? account->contact_email : std::optional<std::string>())});
  }
  return found;
}

}  // namespace

awaitable<Result<SearchHits>> SearchService::all(auth::Principal who, std::string text) {
  auto wanted = normal(text);
  if (!wanted) co_return wanted.error();
  SearchHits result;
  if (wanted->empty()) co_return result;
  auto find = [who, text = *wanted](db::Tx& tx) {
    return Found{find_repositories(tx, who, text, kOfEachKind), store::search_namespaces(tx, text, kOfEachKind)};
  };
  auto found = co_await tools_.db.read_lagging(std::move(find));
  const bool old = tools_.db.most_lag().count() > 0;
  auto read = [who, text = *wanted, found = std::move(found), old](db::Tx& tx) mutable {
    std::vector<SearchHit> hits;
    add_own(tx, who, text, hits);
    if (old) keep_visible(tx, who, found.repositories);
    for (const auto& row : found.repositories) hits.push_back(as_search_hit(repository_hit(row)));
    for (const auto& row : found.namespaces) {
      hits.push_back(as_search_hit(namespace_hit(row.kind, row.name, row.email)));
    }
    return hits;
  };
  result.results = co_await tools_.db.read(std::move(read));
  for (auto& hit : result.results) {
    const double like = similarity(hit.short_name ? *hit.short_name : hit.name, *wanted);
    hit.score *= like > 0 ? like : kUnlike;
  }
  std::ranges::sort(result.results, [](const SearchHit& one, const SearchHit& other) {
    return std::tie(other.score, one.href) < std::tie(one.score, other.href);
  });
  co_return result;
}

awaitable<Result<RepositoryHits>> SearchService::repositories(auth::Principal who, std::string text, int page,
                                                              bool usage) {
  auto wanted = normal(text);
  if (!wanted) co_return wanted.error();
  const auto& settings = tools_.settings;
  RepositoryHits result;
  result.page = std::clamp(page, 1, settings.search_max_pages);
  result.page_size = settings.search_results_per_page;
  result.start_index = (result.page - 1) * result.page_size;
  const std::int64_t end = std::int64_t{result.start_index} + result.page_size;
  auto read = [who, text = *wanted, limit = end + 1](db::Tx& tx) { return find_repositories(tx, who, text, limit); };
  auto rows = co_await tools_.db.read_lagging(std::move(read));
  result.has_additional = std::ssize(rows) > end && result.page < settings.search_max_pages;
  if (std::ssize(rows) > end) rows.resize(static_cast<std::size_t>(end));
  rows.erase(rows.begin(), rows.begin() + std::min<std::ptrdiff_t>(result.start_index, std::ssize(rows)));
  if (tools_.db.most_lag().count() > 0 && !rows.empty()) {
    auto check = [who, &rows](db::Tx& tx) {
      auto visible = rows;
      keep_visible(tx, who, visible);
      return visible;
    };
    rows = co_await tools_.db.read(std::move(check));
  }
  for (const auto& row : rows) {
    auto hit = repository_hit(row);
    if (usage) {
      if (row.last_modified_ms > 0) hit.last_modified = row.last_modified_ms / 1000;
      hit.stars = row.stars;
      hit.popularity = static_cast<double>(row.recent_actions);
    }
    result.results.push_back(std::move(hit));
  }
  co_return result;
}

awaitable<Result<std::vector<Entity>>> SearchService::entities(auth::Principal who, EntityQuery query) {
  const auto& features = tools_.settings.features;
  if (who.anonymous() && !features.anonymous_access) co_return auth::refusal(who);
  query.prefix = in_letters_of_names(query.prefix);
  // Nothing is asked for, or nothing can be called so.
  if (query.prefix.empty() || query.prefix.size() > 2 * kLongestText) co_return std::vector<Entity>();
  const bool exact = !features.partial_user_autocomplete;
  auto read = [who, query, exact](db::Tx& tx) { return find_entities(tx, who, query, exact); };
  co_return co_await tools_.db.read(std::move(read));
}

awaitable<void> SearchService::index() {
  auto any = [](db::Tx& tx) { return store::has_texts_to_index(tx); };
  auto step = [](db::Tx& tx) { return store::index_texts(tx, kTextsAStep); };
  bool more = co_await tools_.db.lookup(any);
  while (more) {
    const auto done = co_await tools_.db.write(step);
    more = done == kTextsAStep;
  }
  auto any_tag = [](db::Tx& tx) { return store::has_tags_to_add_up(tx); };
  auto add_up = [](db::Tx& tx) { return store::add_up_tags(tx, kTagsAStep); };
  auto index = [](db::Tx& tx) { return store::index_tag_names(tx, kTextsAStep); };
  more = co_await tools_.db.lookup(any_tag);
  if (more) {
    while (co_await tools_.db.write(add_up) == kTagsAStep) {
    }
    while (co_await tools_.db.write(index)) {
    }
  }
}

}  // namespace wharf::service
