#include "store/log_performer.h"

namespace wharf::store {

std::optional<TokenApplication> application_of_token(db::Tx& tx, std::string_view token_uuid) {
  static const db::Query kFind{"log.application_of_token", R"(
    SELECT a.client_id, a.name FROM oauth_token t JOIN oauth_application a ON a.id = t.application_id
     WHERE t.uuid = $1)"};
  return tx.one<TokenApplication>(kFind, token_uuid);
}

std::optional<std::string> app_token_title(db::Tx& tx, std::string_view token_uuid) {
  static const db::Query kFind{"log.app_token_title", "SELECT title FROM app_token WHERE uuid = $1"};
  return tx.one<std::string>(kFind, token_uuid);
}

}  // namespace wharf::store
