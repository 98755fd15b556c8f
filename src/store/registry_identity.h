#pragma once
#include <optional>
#include <string>

#include "db/database.h"

namespace wharf::store {

/// What is kept under `name` ("id", "database_secret", "secret"); nothing before a node has settled it.
std::optional<std::string> find_identity(db::Tx& tx, const std::string& name);
/// Keeps `value` under `name` unless there is one; answers what is kept.
std::string settle_identity(db::Tx& tx, const std::string& name, const std::string& value);
void replace_identity(db::Tx& tx, const std::string& name, const std::string& value);

}  // namespace wharf::store
