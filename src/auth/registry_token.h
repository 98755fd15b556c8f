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
  /// Its row; 0 when there was none yet. What is made under the name of a deleted repository is another one.
  std::int64_t repository_id = 0;
  bool pull = false;
  bool push = false;
  bool all = false;
};

/// A registry token whose signature, audience, issuer and times were checked.
struct RegistryToken {
  Principal who;
  std::vector<RegistryGrant> access;
  std::int64_t expires_s = 0;  ///< Seconds since 1970.

  /// Whether it grants pull (or push) on `name`, and that is still the repository that was judged. Without a
  /// `repository_id` (0) the name alone is compared: for refusing before anything is looked up.
  bool grants(const RepoName& name, bool push, std::int64_t repository_id = 0) const;
};

}  // namespace wharf::auth
