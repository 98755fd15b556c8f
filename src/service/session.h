#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/secret_box.h"
#include "base/clock.h"
#include "service/tools.h"
#include "store/account.h"

namespace wharf::service {

/// What the cookie of one browser holds.
struct Session {
  std::string account_uuid;  ///< A new one ends every session of the user: with sign-out and with a new password.
  std::string csrf_token;    ///< A change by this session must carry it.
  Millis login_ms = 0;       ///< When the password was shown last.
  Millis issued_ms = 0;      ///< When this cookie was made.
};
BOOST_DESCRIBE_STRUCT(Session, (), (account_uuid, csrf_token, login_ms, issued_ms))

/// Sessions of browsers: a sealed cookie, its CSRF token, sign-in and sign-out. Source: Quay, "Session, CSRF, sign-
/// in".
class SessionService {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  static constexpr std::string_view kCookie = "_csrf_token";

  explicit SessionService(const Tools& tools) : tools_(tools), box_(tools.key.derive("session")) {}

  /// The headers of an answer that begins a session of `account`, who has just shown who they are: Set-Cookie, and the
  /// session's CSRF token in X-Next-CSRF-Token. `base_url` says whether the browser reaches us by https.
  Headers begin(const store::Account& account, std::string_view base_url) const;

  /// What a cookie of ours holds; nothing for one that is none, was changed, or has become too old. Whether the account
  /// still has this uuid, and may come in, is for the caller to see.
  std::optional<Session> open(std::string_view cookie) const;

 private:
  std::string cookie_of(const Session& session, std::string_view base_url) const;

  const Tools tools_;
  const auth::SecretBox box_;
};

}  // namespace wharf::service
