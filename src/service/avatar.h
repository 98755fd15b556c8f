#pragma once
#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace wharf::service {

enum class AvatarKind { user, org, team, robot, app };
BOOST_DESCRIBE_ENUM(AvatarKind, user, org, team, robot, app)

/// What a client draws for an account without a picture of its own.
struct Avatar {
  std::string name;
  std::string hash;   ///< SHA-256 (MD5 for gravatar) in hex of the e-mail address, or of the name where there is none.
  std::string color;  ///< "#rrggbb", chosen by the hash.
  AvatarKind kind = AvatarKind::user;
};
BOOST_DESCRIBE_STRUCT(Avatar, (), (name, hash, color, kind))

/// AVATAR_KIND: gravatar hashes with MD5, as that service wants it. Set once, before the first request.
void set_gravatar(bool wanted);

/// The avatar of `name`, whose e-mail address (trimmed, in lower case) decides if there is one.
/// Source: Quay, "Avatar object".
Avatar make_avatar(AvatarKind kind, std::string_view name, const std::optional<std::string>& email = std::nullopt);

}  // namespace wharf::service
