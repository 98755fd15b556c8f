#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/principal.h"
#include "base/names.h"

namespace wharf::auth {

/// What one entry of a registry token's `access` grants. `all` (the action "*") contains push, push contains pull.
struct RegistryGrant {
  std::string name;  ///< The repository that was judged: "acme/app", never with a host in front.
  bool pull = false;
  bool push = false;
  bool all = false;
};

/// A registry token whose signature, audience, issuer and times were checked.
struct RegistryToken {
  Principal who;
  std::vector<RegistryGrant> access;
  std::int64_t expires_s = 0;  ///< Seconds since 1970.

  /// Whether it grants pull (or push) on `name`.
  bool grants(const RepoName& name, bool push) const;
};

}  // namespace wharf::auth
