#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

namespace wharf::store {

/// The public half of a key, kept so that every node can check what its owner signs.
struct ServiceKey {
  std::string kid;
  std::string service;
  std::string jwk;
  Millis expires_ms = 0;
};

/// Keeps the key; one that is there lives until the new expiry.
void put_service_key(db::Tx& tx, const ServiceKey& key, Millis now);

/// When the key with this id expires; nothing for an unknown one.
std::optional<Millis> service_key_expiry(db::Tx& tx, const std::string& kid);

/// Removes the keys that expired before `now`; returns how many.
std::int64_t remove_expired_service_keys(db::Tx& tx, Millis now);

/// The JWK with this id; nothing when it is of another service or has expired.
std::optional<std::string> find_service_key(db::Tx& tx, const std::string& kid, const std::string& service, Millis now);

/// Every JWK of `service` that has not expired, oldest first.
std::vector<std::string> list_service_keys(db::Tx& tx, const std::string& service, Millis now);

}  // namespace wharf::store
