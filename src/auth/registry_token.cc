#include "auth/registry_token.h"

namespace wharf::auth {

bool RegistryToken::grants(const RepoName& name, bool push) const {
  // Compared in place: this runs for every pull.
  const auto size = name.ns.size() + 1 + name.name.size();
  for (const auto& grant : access) {
    const std::string_view granted = grant.name;
    if (!(push ? grant.push : grant.pull) || granted.size() != size) continue;
    if (granted.starts_with(name.ns) && granted[name.ns.size()] == '/' && granted.ends_with(name.name)) return true;
  }
  return false;
}

}  // namespace wharf::auth
