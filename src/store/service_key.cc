#include "store/service_key.h"

namespace wharf::store {

void put_service_key(db::Tx& tx, const ServiceKey& key, Millis now) {
  static const db::Query kPut{"service_key.put", R"(
    INSERT INTO service_key (kid, service, jwk, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (kid) DO UPDATE SET expires_ms = excluded.expires_ms)"};
  tx.run(kPut, key.kid, key.service, key.jwk, now, key.expires_ms);
}

std::optional<Millis> service_key_expiry(db::Tx& tx, const std::string& kid) {
  static const db::Query kExpiry{"service_key.expiry", "SELECT expires_ms FROM service_key WHERE kid = $1"};
  return tx.one<Millis>(kExpiry, kid);
}

std::int64_t remove_expired_service_keys(db::Tx& tx, Millis now) {
  static const db::Query kRemove{"service_key.remove_expired", "DELETE FROM service_key WHERE expires_ms <= $1"};
  return tx.run(kRemove, now);
}

std::optional<std::string> find_service_key(db::Tx& tx, const std::string& kid, const std::string& service,
                                            Millis now) {
  static const db::Query kFind{"service_key.find", R"(
    SELECT jwk FROM service_key WHERE kid = $1 AND service = $2 AND expires_ms > $3)"};
  return tx.one<std::string>(kFind, kid, service, now);
}

std::vector<std::string> list_service_keys(db::Tx& tx, const std::string& service, Millis now) {
  static const db::Query kList{"service_key.list", R"(
    SELECT jwk FROM service_key WHERE service = $1 AND expires_ms > $2 ORDER BY created_ms, kid)"};
  return tx.all<std::string>(kList, service, now);
}

}  // namespace wharf::store
