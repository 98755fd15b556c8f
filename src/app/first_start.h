#pragma once
#include <map>
#include <string>

#include "base/error.h"
#include "service/profile.h"
#include "service/user.h"

/// What the server makes when it starts on an empty database, for those who never open a browser.
namespace wharf::app {

/// What is read from the environment and from nowhere else: a configuration is kept, and shown, where these must not
/// be.
///
///   WHARF_INIT_USER                        the first user's name
///   WHARF_INIT_PASSWORD, …_PASSWORD_FILE   their password, or a file whose first line is it
///   WHARF_INIT_EMAIL                       their address; may be absent
///   WHARF_INIT_TOKEN, …_TOKEN_FILE         an API token of every scope, 40 letters and digits; may be absent
///   WHARF_INIT_TOKEN_EXPIRES               how long it is good, such as 90d; a year unless it is given
struct FirstStart {
  service::NewUser user{};
  std::optional<service::FirstToken> token{};

  /// Nothing when WHARF_INIT_USER is not there. Errors: invalid_request when a part is missing or wrong, or a file
  /// cannot be read; no message holds a secret.
  static Result<std::optional<FirstStart>> read(const std::map<std::string, std::string>& environment);
};

/// Whether `name` is one of those variables.
bool is_first_start_variable(std::string_view name);

/// Makes the first user of `environment` unless there is a user, and the bootstrap token where that is on. One user is
/// made when several nodes start at once. Errors: those of FirstStart::read and UserService::make_first.
Result<void> make_first_things(service::UserService& users, service::ProfileService& profiles,
                               const std::map<std::string, std::string>& environment);

}  // namespace wharf::app
