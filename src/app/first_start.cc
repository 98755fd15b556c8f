#include "app/first_start.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "app/config.h"
#include "base/log.h"
#include "base/testing.h"

namespace wharf::app {
namespace {

using Environment = std::map<std::string, std::string>;

constexpr std::array<std::string_view, 7> kVariables = {
    "WHARF_INIT_USER",  "WHARF_INIT_PASSWORD",   "WHARF_INIT_PASSWORD_FILE", "WHARF_INIT_EMAIL",
    "WHARF_INIT_TOKEN", "WHARF_INIT_TOKEN_FILE", "WHARF_INIT_TOKEN_EXPIRES"};

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }

std::string value_of(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

/// The secret of `name`, or the first line of the file that `name`_FILE names; "" when neither is there.
Result<std::string> secret_of(const Environment& environment, const std::string& name) {
  auto value = value_of(environment, name);
  const auto path = value_of(environment, name + "_FILE");
  if (path.empty()) return value;
  if (!value.empty()) return invalid(name + " and " + name + "_FILE: give one of the two");
  std::ifstream file(path);
  if (!std::getline(file, value)) return invalid(name + "_FILE: " + path + " cannot be read, or is empty");
  if (value.ends_with('\r')) value.pop_back();
  return value;
}

}  // namespace

bool is_first_start_variable(std::string_view name) { return std::ranges::find(kVariables, name) != kVariables.end(); }

Result<std::optional<FirstStart>> FirstStart::read(const Environment& environment) {
  const auto name = value_of(environment, "WHARF_INIT_USER");
  if (name.empty()) return std::optional<FirstStart>();
  const auto password = secret_of(environment, "WHARF_INIT_PASSWORD");
  if (!password) return password.error();
  if (password->empty()) return invalid("WHARF_INIT_USER needs WHARF_INIT_PASSWORD or WHARF_INIT_PASSWORD_FILE");
  FirstStart first{.user = {.username = name, .password = *password}};
  if (auto email = value_of(environment, "WHARF_INIT_EMAIL"); !email.empty()) first.user.email = std::move(email);
  const auto token = secret_of(environment, "WHARF_INIT_TOKEN");
  if (!token) return token.error();
  if (!token->empty()) {
    auto expires = value_of(environment, "WHARF_INIT_TOKEN_EXPIRES");
    if (expires.empty()) expires = "1y";
    const auto life = Span::parse(expires);
    if (!life || life->seconds.count() < 1) {
      return invalid("WHARF_INIT_TOKEN_EXPIRES takes a number and s, m, h, d, w or y, such as 90d");
    }
    first.token = service::FirstToken{.token = *token, .life_s = life->seconds.count()};
  }
  return std::optional(std::move(first));
}

Result<void> make_first_things(service::UserService& users, service::ProfileService& profiles,
                               const Environment& environment) {
  const auto first = FirstStart::read(environment);
  if (!first) return first.error();
  if (*first) {
    const auto made = run_awaitable(users.make_first((*first)->user, (*first)->token));
    if (!made) return Error{made.error().code, "The first user cannot be made: " + made.error().message};
    if (*made) log::info("the first user was made", {{"name", (*first)->user.username}});
  }
  const auto provisioned = run_awaitable(profiles.provision_bootstrap_token());
  if (!provisioned) {
    // The owner may be made later; the server is of use without the token.
    log::warn("there is no bootstrap token", {{"reason", provisioned.error().message}});
  } else if (*provisioned) {
    log::info("a bootstrap token was written");
  }
  return {};
}

}  // namespace wharf::app
