#pragma once
#include <cstdint>

#include "base/clock.h"
#include "base/names.h"
#include "db/database.h"

/// Stars that users put on repositories. `list_repositories` lists them.
namespace wharf::store {

/// Nothing happens where there is one.
void add_star(db::Tx& tx, std::int64_t account_id, std::int64_t repository_id, Millis now);
/// Nothing happens where there is none, or no such repository.
void delete_star(db::Tx& tx, std::int64_t account_id, const RepoName& repository);

}  // namespace wharf::store
