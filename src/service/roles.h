#pragma once
#include <boost/describe.hpp>

#include "store/access.h"

/// Roles as clients spell them; the database keeps their ranks.
namespace wharf::service {

/// Of a user or a team on a repository.
enum class Role { read, write, admin };
BOOST_DESCRIBE_ENUM(Role, read, write, admin)

/// Of a team in its organization.
enum class TeamRole { member, creator, admin };
BOOST_DESCRIBE_ENUM(TeamRole, member, creator, admin)

inline int rank_of(Role role) { return static_cast<int>(role) + store::kRead; }
inline int rank_of(TeamRole role) { return static_cast<int>(role) + store::kMember; }

/// The role of a rank that the tables hold: 1 to 3.
inline Role role_of(int rank) { return static_cast<Role>(rank - store::kRead); }
inline TeamRole team_role_of(int rank) { return static_cast<TeamRole>(rank - store::kMember); }

}  // namespace wharf::service
