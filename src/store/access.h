#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/names.h"
#include "db/database.h"

namespace wharf::store {

/// Ranks, as the tables keep them.
enum RepositoryRole : int { kNoRole = 0, kRead = 1, kWrite = 2, kAdmin = 3 };
enum TeamRole : int { kNoTeam = 0, kMember = 1, kCreator = 2, kTeamAdmin = 3 };

inline constexpr Millis kForever = 9223372036854775807;

/// All that a decision about one repository name and one caller needs, in one row.
struct AccessRow {
  std::int64_t namespace_id = 0;
  std::string namespace_kind;  ///< "user", "organization" or "robot" (which no namespace can be).
  bool namespace_enabled = true;
  std::optional<std::int64_t> repository_id;
  std::string visibility;       ///< "public", "private"; "" without a repository.
  std::string state;            ///< "NORMAL"…; "" without a repository.
  std::string repository_kind;  ///< "image", "application"; "" without a repository.
  int own_role = kNoRole;       ///< Given to the caller by name.
  int team_role = kNoRole;      ///< The best that a team of the caller has on the repository.
  int best_team = kNoTeam;      ///< The best role of a team of this organization that the caller is in.
};
BOOST_DESCRIBE_STRUCT(AccessRow, (),
                      (namespace_id, namespace_kind, namespace_enabled, repository_id, visibility, state,
                       repository_kind, own_role, team_role, best_team))

/// The row for `account_id` (0: anonymous) and `name`, whose repository may not exist; nothing when the namespace
/// does not exist. `name.name` may be empty: the namespace alone.
std::optional<AccessRow> find_access(db::Tx& tx, std::int64_t account_id, const RepoName& name);

}  // namespace wharf::store
