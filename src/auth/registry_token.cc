#include "auth/registry_token.h"

namespace wharf::auth {

bool RegistryToken::grants(const RepoName& name, bool push, std::int64_t repository_id) const {
  // Compared in place: this runs for every pull.
  const auto size = name.ns.size() + 1 + name.name.size();
  for (const auto& grant : access) {
    const std::string_view granted = grant.name;
    if (!(push ? grant.push : grant.pull) || granted.size() != size) continue;
    if (repository_id != 0 && grant.repository_id != 0 && grant.repository_id != repository_id) continue;
    if (granted.starts_with(name.ns) && granted[name.ns.size()] == '/' && granted.ends_with(name.name)) return true;
  }
  return false;
}

}  // namespace wharf::auth
