#pragma once
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/json.h"
#include "service/avatar.h"
#include "service/roles.h"
#include "service/tools.h"

namespace wharf::service {

enum class DelegateKind { user, team };
BOOST_DESCRIBE_ENUM(DelegateKind, user, team)

/// Whom a rule names: a user or robot with all members, a team without the optional ones.
struct PrototypeParty {
  std::string name;
  DelegateKind kind = DelegateKind::user;
  std::optional<bool> is_robot;
  std::optional<bool> is_org_member;  ///< In a team of the organization; robots always.
  Avatar avatar;
};
BOOST_DESCRIBE_STRUCT(PrototypeParty, (), (name, kind, is_robot, is_org_member, avatar))

struct PrototypeView {
  std::string id;
  Role role = Role::read;
  json::Nullable<PrototypeParty> activating_user;  ///< Null: whoever makes the repository.
  PrototypeParty delegate;                         ///< Who gets the role.
};
BOOST_DESCRIBE_STRUCT(PrototypeView, (), (id, role, activating_user, delegate))

struct Prototypes {
  std::vector<PrototypeView> prototypes;
};
BOOST_DESCRIBE_STRUCT(Prototypes, (), (prototypes))

struct NewPrototype {
  Role role = Role::read;
  std::string delegate;
  DelegateKind delegate_kind = DelegateKind::user;
  std::optional<std::string> activating_user{};
};

/// Default permissions of an organization: roles that its repositories get when they are made, whoever makes them
/// (store::apply_prototypes does that). For the organization's admins; a read-only superuser may look.
///
/// Every method answers denied, unauthenticated, and not_found for the organization. Source: Quay, "Default
/// permissions (prototypes)".
class PrototypeService {
 public:
  explicit PrototypeService(const Tools& tools) : tools_(tools) {}

  /// Oldest first.
  awaitable<Result<Prototypes>> list(auth::Principal who, std::string organization);
  /// Errors: invalid_request for an unknown user or team, an organization, and a robot of another namespace.
  awaitable<Result<PrototypeView>> create(auth::Principal who, std::string organization, NewPrototype wanted);
  /// Errors: not_found for the rule.
  awaitable<Result<PrototypeView>> change(auth::Principal who, std::string organization, std::string id, Role role);
  awaitable<Result<bool>> remove(auth::Principal who, std::string organization, std::string id);

 private:
  const Tools tools_;
};

}  // namespace wharf::service
