#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// Public halves of keys, kept so that others can check what their owners sign. Those of `kNodeService` are the nodes'
/// own: only they may put, extend and clean up such keys.
namespace wharf::store {

inline constexpr std::string_view kNodeService = "quay";

struct NodeKey {
  std::string kid;
  std::string jwk;
  Millis expires_ms = 0;
};

/// Keeps a node's key; one that is there lives until the new expiry.
void put_node_key(db::Tx& tx, const NodeKey& key, Millis now);
/// When the node's key with this id expires; nothing for an unknown one.
std::optional<Millis> node_key_expiry(db::Tx& tx, const std::string& kid);
/// Removes the nodes' keys that expired before `now`; returns how many.
std::int64_t remove_expired_node_keys(db::Tx& tx, Millis now);
/// The JWK of a node with this id; nothing when it is of another service or has expired.
std::optional<std::string> find_node_key(db::Tx& tx, const std::string& kid, Millis now);

/// Every JWK of `service` that is approved and has not expired, oldest first.
std::vector<std::string> list_service_keys(db::Tx& tx, const std::string& service, Millis now);

struct ServiceKey {
  std::string kid;
  std::string service;
  std::string name;
  std::string jwk;
  std::string metadata = "{}";  ///< A JSON object.
  Millis created_ms = 0;
  std::optional<Millis> expires_ms;          ///< None: never.
  std::optional<std::int64_t> rotation_s;    ///< How often its owner means to change it.
  std::optional<std::string> approval_type;  ///< None: nobody has approved it yet.
  std::optional<std::int64_t> approver_id;
  std::optional<std::string> approver;        ///< The name of the user who did; only read.
  std::optional<std::string> approver_email;  ///< Only read.
  std::optional<Millis> approved_ms;
  std::string notes;
};
BOOST_DESCRIBE_STRUCT(ServiceKey, (),
                      (kid, service, name, jwk, metadata, created_ms, expires_ms, rotation_s, approval_type,
                       approver_id, approver, approver_email, approved_ms, notes))

/// Every key of every service, oldest first.
std::vector<ServiceKey> list_all_service_keys(db::Tx& tx);
/// Whatever its state.
std::optional<ServiceKey> find_service_key(db::Tx& tx, std::string_view kid);
/// Throws ConstraintViolation when there is one with this id.
void insert_service_key(db::Tx& tx, const ServiceKey& key);
/// Writes name, metadata and expiry.
void update_service_key(db::Tx& tx, const ServiceKey& key);
/// Writes the approval; false when it had one.
bool approve_service_key(db::Tx& tx, const ServiceKey& key);
bool delete_service_key(db::Tx& tx, std::string_view kid);
/// How many nobody has approved.
std::int64_t count_pending_service_keys(db::Tx& tx);

/// The ids of keys, other than nodes', that nobody has approved and that are older than `pending_before`, or that
/// expired before `expired_before`: at most `limit`; they are deleted.
std::vector<std::string> delete_old_service_keys(db::Tx& tx, Millis pending_before, Millis expired_before,
                                                 std::int64_t limit);

}  // namespace wharf::store
