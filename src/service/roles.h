#pragma once
#include <boost/describe.hpp>
#include <string>
#include <vector>

#include "store/access.h"
#include "store/permission.h"

/// Roles as clients spell them; the database keeps their ranks.
namespace wharf::service {

/// Of a user or a team on a repository.
enum class Role { read, write, admin };
BOOST_DESCRIBE_ENUM(Role, read, write, admin)

/// Of a team in its organization.
enum class TeamRole { member, creator, admin };
BOOST_DESCRIBE_ENUM(TeamRole, member, creator, admin)

/// The roles on repositories that a robot or a team was given.
struct GrantedRepository {
  std::string name;
  bool is_public = false;
};
BOOST_DESCRIBE_STRUCT(GrantedRepository, (), (name, is_public))
struct GrantedRole {
  GrantedRepository repository;
  Role role = Role::read;
};
BOOST_DESCRIBE_STRUCT(GrantedRole, (), (repository, role))
struct GrantedRoles {
  std::vector<GrantedRole> permissions;  ///< By the repository's name.
};
BOOST_DESCRIBE_STRUCT(GrantedRoles, (), (permissions))

inline int rank_of(Role role) { return static_cast<int>(role) + store::kRead; }
inline int rank_of(TeamRole role) { return static_cast<int>(role) + store::kMember; }

/// The role of a rank that the tables hold: 1 to 3.
inline Role role_of(int rank) { return static_cast<Role>(rank - store::kRead); }
inline TeamRole team_role_of(int rank) { return static_cast<TeamRole>(rank - store::kMember); }

GrantedRoles granted_roles(const std::vector<store::GrantedRole>& rows);

}  // namespace wharf::service
