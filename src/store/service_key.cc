#include "store/service_key.h"

#include <limits>

namespace wharf::store {
namespace {

constexpr Millis kNever = std::numeric_limits<Millis>::max();  // as the column's default says

#define WHARF_SERVICE_KEY_COLUMNS                                                                                 \
  "SELECT k.kid, k.service, k.name, k.jwk, k.metadata, k.created_ms, NULLIF(k.expires_ms, 9223372036854775807), " \
  "       k.rotation_s, k.approval_type, k.approver_id, a.name, a.email, k.approved_ms, k.notes "                 \
  "  FROM service_key k LEFT JOIN account a ON a.id = k.approver_id "

}  // namespace

void put_node_key(db::Tx& tx, const NodeKey& key, Millis now) {
  static const db::Query kPut{"service_key.put_node", R"(
    INSERT INTO service_key (kid, service, jwk, created_ms, expires_ms, approval_type, approved_ms)
    VALUES ($1, $2, $3, $4, $5, 'Automatic', $4)
    ON CONFLICT (kid) DO UPDATE SET expires_ms = excluded.expires_ms)"};
  tx.run(kPut, key.kid, kNodeService, key.jwk, now, key.expires_ms);
}

std::optional<Millis> node_key_expiry(db::Tx& tx, const std::string& kid) {
  static const db::Query kExpiry{"service_key.node_expiry",
                                 "SELECT expires_ms FROM service_key WHERE kid = $1 AND service = $2"};
  return tx.one<Millis>(kExpiry, kid, kNodeService);
}

std::int64_t remove_expired_node_keys(db::Tx& tx, Millis now) {
  static const db::Query kRemove{"service_key.remove_expired_nodes",
                                 "DELETE FROM service_key WHERE service = $2 AND expires_ms <= $1"};
  return tx.run(kRemove, now, kNodeService);
}

std::optional<std::string> find_node_key(db::Tx& tx, const std::string& kid, Millis now) {
  static const db::Query kFind{"service_key.find_node", R"(
    SELECT jwk FROM service_key
     WHERE kid = $1 AND service = $2 AND expires_ms > $3 AND approval_type IS NOT NULL)"};
  return tx.one<std::string>(kFind, kid, kNodeService, now);
}

std::vector<std::string> list_service_keys(db::Tx& tx, const std::string& service, Millis now) {
  static const db::Query kList{"service_key.list", R"(
    SELECT jwk FROM service_key
     WHERE service = $1 AND expires_ms > $2 AND approval_type IS NOT NULL ORDER BY created_ms, kid)"};
  return tx.all<std::string>(kList, service, now);
}

std::vector<ServiceKey> list_all_service_keys(db::Tx& tx) {
  static const db::Query kList{"service_key.list_all", WHARF_SERVICE_KEY_COLUMNS "ORDER BY k.created_ms, k.kid"};
  return tx.all<ServiceKey>(kList);
}

std::optional<ServiceKey> find_service_key(db::Tx& tx, std::string_view kid) {
  static const db::Query kFind{"service_key.find", WHARF_SERVICE_KEY_COLUMNS "WHERE k.kid = $1"};
  return tx.one<ServiceKey>(kFind, kid);
}

void insert_service_key(db::Tx& tx, const ServiceKey& key) {
  static const db::Query kInsert{"service_key.insert", R"(
    INSERT INTO service_key (kid, service, name, jwk, metadata, created_ms, expires_ms, rotation_s, approval_type,
                             approver_id, approved_ms, notes)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12))"};
  tx.run(kInsert, key.kid, key.service, key.name, key.jwk, key.metadata, key.created_ms,
         key.expires_ms.value_or(kNever), key.rotation_s, key.approval_type, key.approver_id, key.approved_ms,
         key.notes);
}

void update_service_key(db::Tx& tx, const ServiceKey& key) {
  static const db::Query kUpdate{"service_key.update",
                                 "UPDATE service_key SET name = $2, metadata = $3, expires_ms = $4 WHERE kid = $1"};
  tx.run(kUpdate, key.kid, key.name, key.metadata, key.expires_ms.value_or(kNever));
}

bool approve_service_key(db::Tx& tx, const ServiceKey& key) {
  static const db::Query kApprove{"service_key.approve", R"(
    UPDATE service_key SET approval_type = $2, approver_id = $3, approved_ms = $4, notes = $5
     WHERE kid = $1 AND approval_type IS NULL)"};
  return tx.run(kApprove, key.kid, key.approval_type, key.approver_id, key.approved_ms, key.notes) > 0;
}

bool delete_service_key(db::Tx& tx, std::string_view kid) {
  static const db::Query kDelete{"service_key.delete", "DELETE FROM service_key WHERE kid = $1"};
  return tx.run(kDelete, kid) > 0;
}

std::int64_t count_pending_service_keys(db::Tx& tx) {
  static const db::Query kCount{"service_key.count_pending",
                                "SELECT COUNT(*) FROM service_key WHERE approval_type IS NULL"};
  return tx.get<std::int64_t>(kCount);
}

std::vector<std::string> delete_old_service_keys(db::Tx& tx, Millis pending_before, Millis expired_before,
                                                 std::int64_t limit) {
  static const db::Query kDelete{"service_key.delete_old", R"(
    DELETE FROM service_key
     WHERE kid IN (SELECT kid FROM service_key
                    WHERE service <> $4 AND ((approval_type IS NULL AND created_ms < $1) OR expires_ms < $2) LIMIT $3)
    RETURNING kid)"};
  return tx.all<std::string>(kDelete, pending_before, expired_before, limit, kNodeService);
}

}  // namespace wharf::store
