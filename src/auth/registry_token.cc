#include "auth/registry_token.h"

namespace wharf::auth {

bool RegistryToken::grants(const RepoName& name, bool push) const {
  const auto is_it = [&](std::string_view granted) {
    // Compared in place: this runs for every pull.
    return granted.size() == name.ns.size() + 1 + name.name.size() && granted.starts_with(name.ns) &&
           granted[name.ns.size()] == '/' && granted.ends_with(name.name);
  };
  for (const auto& grant : access) {
    if (!(push ? grant.push : grant.pull)) continue;
    // "host:port/acme/app" is granted as asked; a host has a dot, a colon or is localhost, a namespace has no colon.
    if (is_it(grant.name)) return true;
    const auto slash = grant.name.find('/');
    if (slash != std::string::npos && grant.name.size() > slash + 1 + name.ns.size() &&
        is_it(std::string_view(grant.name).substr(slash + 1)) &&
        grant.name.substr(0, slash).find_first_of(".:") != std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace wharf::auth
