#pragma once
#include <boost/asio/thread_pool.hpp>

#include "auth/encrypted_password.h"
#include "auth/key.h"
#include "auth/secret_box.h"
#include "blob/blob_store.h"
#include "db/database.h"
#include "service/settings.h"

namespace wharf::service {

class UserService;
class LoginService;
class MailService;

/// What services are built from. All of it outlives them.
struct Tools {
  db::Database& db;
  const Settings& settings;
  const auth::SecretBox& secrets;  ///< Seals what the database keeps.
  const auth::EncryptedPasswords& encrypted;
  const auth::SecretKey& key;           ///< Of what leaves the server sealed: cookies, page tokens.
  boost::asio::thread_pool& passwords;  ///< For bcrypt and nothing else.
  blob::BlobStore& blobs;
  UserService& users;
  LoginService& logins;
  MailService& mails;
};

}  // namespace wharf::service
