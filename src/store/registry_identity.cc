#include "store/registry_identity.h"

namespace wharf::store {

std::optional<std::string> find_identity(db::Tx& tx, const std::string& name) {
  static const db::Query kFind{"identity.find", "SELECT value FROM registry_identity WHERE name = $1"};
  return tx.one<std::string>(kFind, name);
}

std::string settle_identity(db::Tx& tx, const std::string& name, const std::string& value) {
  static const db::Query kSettle{
      "identity.settle", "INSERT INTO registry_identity (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING"};
  tx.run(kSettle, name, value);
  return *find_identity(tx, name);
}

void replace_identity(db::Tx& tx, const std::string& name, const std::string& value) {
  static const db::Query kReplace{"identity.replace", "UPDATE registry_identity SET value = $2 WHERE name = $1"};
  tx.run(kReplace, name, value);
}

}  // namespace wharf::store
