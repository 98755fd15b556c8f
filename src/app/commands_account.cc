#include "app/commands_account.h"

#include <istream>
#include <ostream>

#include "app/config.h"
#include "base/json.h"
#include "base/random.h"
#include "base/testing.h"

namespace wharf::app {
namespace {

struct CreatedUser {
  std::string username;
  json::Nullable<std::string> email;
  bool superuser = false;
  std::optional<std::string> password;
};
BOOST_DESCRIBE_STRUCT(CreatedUser, (), (username, email, superuser, password))

struct NewPassword {
  std::string username;
  std::optional<std::string> password;
};
BOOST_DESCRIBE_STRUCT(NewPassword, (), (username, password))

struct EnabledUser {
  std::string username;
  bool enabled = false;
};
BOOST_DESCRIBE_STRUCT(EnabledUser, (), (username, enabled))

struct CreatedToken {
  std::string token;
  std::string uuid;
  std::string scope;
  Rfc3339 expires_at;
};
BOOST_DESCRIBE_STRUCT(CreatedToken, (), (token, uuid, scope, expires_at))

/// Runs `body`; what it throws, a full disk or a database that is gone, becomes a sentence and an exit code.
template <class Body>
int run(std::ostream& err, Body body) {
  try {
    return body();
  } catch (const Accident& accident) {
    err << "wharf: " << accident.error().message << " (" << accident.error().detail << ")\n";
    return 1;
  }
}

int refused(std::ostream& err, const Error& error) {
  err << "wharf: " << error.message << "\n";
  return 1;
}

/// The first line of `in`, or a random one.
std::string password_from(std::istream* in) {
  if (!in) return random_text(24, kLettersAndDigits);
  std::string password;
  std::getline(*in, password);
  if (password.ends_with('\r')) password.pop_back();
  return password;
}

}  // namespace

int create_user(service::UserService& users, const UserCreateCommand& command, std::istream& in, std::ostream& out,
                std::ostream& err) {
  return run(err, [&] {
    service::NewUser wanted{.username = command.name, .password = {}, .superuser = command.superuser};
    if (!command.email.empty()) wanted.email = command.email;
    wanted.password = password_from(command.password_stdin ? &in : nullptr);
    const auto made = run_awaitable(users.create(wanted));
    if (!made) return refused(err, made.error());
    if (command.json) {
      CreatedUser shown{.username = made->name, .email = {}, .superuser = made->superuser, .password = {}};
      if (made->email) shown.email = *made->email;
      if (!command.password_stdin) shown.password = wanted.password;
      out << json::encode(shown) << "\n";
      return 0;
    }
    out << "Made the " << (made->superuser ? "superuser " : "user ") << made->name << ".\n";
    if (!command.password_stdin) out << "Password, shown this once: " << wanted.password << "\n";
    return 0;
  });
}

int list_users(service::UserService& users, const UserListCommand& command, std::ostream& out, std::ostream& err) {
  return run(err, [&] {
    const auto all = run_awaitable(users.list_all());
    if (command.json) {
      out << json::encode(all) << "\n";
      return 0;
    }
    for (const auto& user : all) {
      out << user.name;
      if (user.email) out << "  " << *user.email;
      if (user.super_user) out << "  superuser";
      if (user.global_readonly_super_user) out << "  read-only superuser";
      if (!user.enabled) out << "  disabled";
      out << "\n";
    }
    return 0;
  });
}

int set_user_password(service::UserService& users, const UserPasswordCommand& command, std::istream& in,
                      std::ostream& out, std::ostream& err) {
  return run(err, [&] {
    const auto password = password_from(command.password_stdin ? &in : nullptr);
    const auto done = run_awaitable(users.set_password(command.name, password));
    if (!done) return refused(err, done.error());
    if (command.json) {
      NewPassword shown{.username = command.name, .password = {}};
      if (!command.password_stdin) shown.password = password;
      out << json::encode(shown) << "\n";
      return 0;
    }
    out << "Set the password of " << command.name << "; every session of theirs is over.\n";
    if (!command.password_stdin) out << "Password, shown this once: " << password << "\n";
    return 0;
  });
}

int enable_user(service::UserService& users, const UserEnableCommand& command, std::ostream& out, std::ostream& err) {
  return run(err, [&] {
    const auto changed = run_awaitable(users.set_enabled(command.name, command.enabled));
    if (!changed) return refused(err, changed.error());
    if (command.json) {
      out << json::encode(EnabledUser{command.name, command.enabled}) << "\n";
      return 0;
    }
    out << "The user " << command.name << (*changed ? " is now " : " was already ")
        << (command.enabled ? "enabled.\n" : "disabled.\n");
    return 0;
  });
}

int create_token(service::UserService& users, const TokenCreateCommand& command, std::ostream& out, std::ostream& err) {
  return run(err, [&] {
    const auto life = Span::parse(command.expires);
    if (!life) {
      err << "wharf: --expires takes a number and s, m, h, d, w or y, such as 90d\n";
      return 1;
    }
    std::optional<std::string> name;
    if (!command.name.empty()) name = command.name;
    const auto minted = run_awaitable(users.mint_token(command.user, command.scope, life->seconds.count(), name));
    if (!minted) return refused(err, minted.error());
    if (command.json) {
      const CreatedToken shown{minted->token, minted->uuid, minted->scope, {minted->expires_ms}};
      out << json::encode(shown) << "\n";
      return 0;
    }
    out << minted->token << "\n";
    err << "Acts for " << command.user << " until " << rfc3339(minted->expires_ms) << ", with " << minted->scope
        << "; shown this once.\n";
    return 0;
  });
}

}  // namespace wharf::app
