#include "service/roles.h"

namespace wharf::service {

GrantedRoles granted_roles(const std::vector<store::GrantedRole>& rows) {
  GrantedRoles result;
  result.permissions.reserve(rows.size());
  for (const auto& row : rows) {
    result.permissions.push_back(
        {.repository = {.name = row.repository, .is_public = row.is_public}, .role = role_of(row.role)});
  }
  return result;
}

}  // namespace wharf::service
