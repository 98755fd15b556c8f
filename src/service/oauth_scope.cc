#include "service/oauth_scope.h"

#include <algorithm>

#include "auth/principal.h"

namespace wharf::service {
namespace {

struct Row {
  std::string_view scope;
  std::string_view title;
  std::string_view description;
  std::string_view icon;
  bool dangerous;
};
constexpr Row kScopes[] = {
    {"repo:read", "View all visible repositories", "Sees and pulls every repository that you can see.", "fa-hdd-o",
     false},
    {"repo:write", "Read and write any repository you can", "Pulls from and pushes to every repository that you can.",
     "fa-hdd-o", false},
    {"repo:admin", "Administer your repositories",
     "Administers every repository that you administer: permissions, settings, deletion.", "fa-hdd-o", false},
    {"repo:create", "Create repositories", "Makes repositories in every namespace where you can.", "fa-plus", false},
    {"user:read", "Read your user information", "Reads your name, your e-mail address and your organizations.",
     "fa-user", false},
    {"user:admin", "Administer your user", "Changes your account: its settings, robots and credentials.", "fa-gear",
     true},
    {"org:admin", "Administer your organizations",
     "Administers the organizations that you administer: teams, robots, applications.", "fa-gear", true},
    {"super:user", "Use what superusers may", "Manages every user and organization of this registry.", "fa-street-view",
     true},
};

const Row* find(std::string_view scope) {
  const auto found = std::ranges::find(kScopes, scope, &Row::scope);
  return found == std::end(kScopes) ? nullptr : &*found;
}

/// The words of a scope, each once.
std::vector<std::string_view> words(std::string_view scope) {
  std::vector<std::string_view> all;
  while (!scope.empty()) {
    const auto end = scope.find_first_of(" ,");
    const auto word = scope.substr(0, end);
    scope.remove_prefix(end == std::string_view::npos ? scope.size() : end + 1);
    if (!word.empty() && std::ranges::find(all, word) == all.end()) all.push_back(word);
  }
  return all;
}

}  // namespace

std::vector<ScopeInfo> scope_infos(std::string_view scope) {
  std::vector<ScopeInfo> infos;
  for (const auto word : words(scope)) {
    const auto* row = find(word);
    if (!row) continue;
    infos.push_back({.title = std::string(row->title),
                     .scope = std::string(row->scope),
                     .description = std::string(row->description),
                     .icon = std::string(row->icon),
                     .dangerous = row->dangerous});
  }
  return infos;
}

bool is_offered_scope(std::string_view scope, const Settings& settings) {
  if (!auth::ScopeSet::is_valid(scope)) return false;
  return settings.features.super_users || !auth::ScopeSet::parse(scope).has(auth::ScopeSet::super_user);
}

std::string tidy_scope(std::string_view scope) {
  std::string text;
  for (const auto word : words(scope)) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

std::string iso8601(Millis at) {
  auto text = rfc3339(at);
  const auto rest = ((at % 1000) + 1000) % 1000;
  if (rest == 0) return text;
  text.pop_back();
  auto digits = std::to_string(rest * 1000);
  return text + '.' + std::string(6 - digits.size(), '0') + digits + 'Z';
}

}  // namespace wharf::service
