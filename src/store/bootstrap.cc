#include "store/bootstrap.h"

namespace wharf::store {

std::optional<MachineToken> find_machine_token(db::Tx& tx, std::string_view prefix) {
  static const db::Query kFind{"bootstrap.find_token", R"(
    SELECT t.id, t.secret_hash, t.expires_ms, t.account_id, COALESCE(p.name, '')
      FROM oauth_token t LEFT JOIN oauth_application p ON p.id = t.application_id WHERE t.prefix = $1)"};
  return tx.one<MachineToken>(kFind, prefix);
}

void delete_other_tokens(db::Tx& tx, std::int64_t application_id, std::string_view uuid) {
  static const db::Query kDelete{"bootstrap.delete_others",
                                 "DELETE FROM oauth_token WHERE application_id = $1 AND uuid <> $2"};
  tx.run(kDelete, application_id, uuid);
}

}  // namespace wharf::store
