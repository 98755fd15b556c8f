#include "store/service_key.h"

namespace wharf::store {

void put_service_key(db::Tx& tx, const std::string& kid, const std::string& service, const std::string& jwk,
                     Millis now) {
  static const db::Query kPut{"service_key.put", R"(
    INSERT INTO service_key (kid, service, jwk, created_ms) VALUES ($1, $2, $3, $4)
    ON CONFLICT (kid) DO NOTHING)"};
  tx.run(kPut, kid, service, jwk, now);
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
