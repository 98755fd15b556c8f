#pragma once
#include <iosfwd>
#include <string>

#include "service/user.h"

/// `wharf user …` and `wharf token …`: they work on the open database, beside a running server too.
///
/// Each writes what was asked for to `out`, and what went wrong to `err` as one sentence; it answers the exit code:
/// 0 done, 1 refused or failed.
namespace wharf::app {

struct UserCreateCommand {
  std::string name;
  bool password_stdin = false;  ///< The first line of `in`; otherwise a random password is made and shown.
  std::string email{};          ///< "": none.
  bool superuser = false;
  bool json = false;  ///< {"username", "email", "superuser", "password"?}: the password only when it was made here.
};
int create_user(service::UserService& users, const UserCreateCommand& command, std::istream& in, std::ostream& out,
                std::ostream& err);

struct UserListCommand {
  bool json = false;  ///< A list of {"name", "email"?, "superuser", "enabled", …}, as the API describes users.
};
int list_users(service::UserService& users, const UserListCommand& command, std::ostream& out, std::ostream& err);

struct UserPasswordCommand {
  std::string name;
  bool password_stdin = false;  ///< As of UserCreateCommand.
  bool json = false;            ///< {"username", "password"?}: the password only when it was made here.
};
/// Ends every session of the user; tokens go on.
int set_user_password(service::UserService& users, const UserPasswordCommand& command, std::istream& in,
                      std::ostream& out, std::ostream& err);

struct UserEnableCommand {
  std::string name;
  bool enabled = true;
  bool json = false;  ///< {"username", "enabled"}
};
/// Lets a user in, or no more: sessions, tokens and robots of a disabled user are refused at once.
int enable_user(service::UserService& users, const UserEnableCommand& command, std::ostream& out, std::ostream& err);

struct TokenCreateCommand {
  std::string user;
  std::string scope = "repo:read repo:write repo:admin repo:create user:read user:admin org:admin super:user";
  std::string expires = "90d";  ///< `<number><s|m|h|d|w|y>`
  std::string name{};           ///< "": none.
  bool json = false;            ///< {"token", "uuid", "scope", "expires_at"}
};
/// The token alone stands on `out`, so that a shell can take it; the rest goes to `err`.
int create_token(service::UserService& users, const TokenCreateCommand& command, std::ostream& out, std::ostream& err);

}  // namespace wharf::app
