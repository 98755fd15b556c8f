#pragma once
#include "service/tools.h"

namespace wharf::service {

/// Mails to users, queued with the change that they tell of. Delivered in the background.
class MailService {
 public:
  MailService(db::Database& database, const Settings& settings, const auth::SecretBox& secrets)
      : db_(database), settings_(settings), secrets_(secrets) {}

 private:
  db::Database& db_;
  const Settings& settings_;
  const auth::SecretBox& secrets_;
};

}  // namespace wharf::service
