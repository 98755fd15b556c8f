#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

namespace wharf::store {

/// Keeps the public half of a key, so that every node can check what its owner signs. Repeating it changes nothing.
void put_service_key(db::Tx& tx, const std::string& kid, const std::string& service, const std::string& jwk,
                     Millis now);

/// The JWK with this id; nothing when it is of another service or has expired.
std::optional<std::string> find_service_key(db::Tx& tx, const std::string& kid, const std::string& service, Millis now);

/// Every JWK of `service` that has not expired, oldest first.
std::vector<std::string> list_service_keys(db::Tx& tx, const std::string& service, Millis now);

}  // namespace wharf::store
