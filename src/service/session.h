#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/principal.h"
#include "auth/secret_box.h"
#include "base/clock.h"
#include "service/tools.h"
#include "store/account.h"

namespace wharf::service {

/// What the cookie of one browser holds.
struct Session {
  /// A new one ends every session of the user: with sign-out and with a new password. "": nobody's, which has a CSRF
  /// token and nothing else.
  std::string account_uuid;
  std::string csrf_token;  ///< A change by this session must carry it.
  Millis login_ms = 0;     ///< When the password was shown last.
  Millis issued_ms = 0;    ///< When this cookie was made.
};
BOOST_DESCRIBE_STRUCT(Session, (), (account_uuid, csrf_token, login_ms, issued_ms))

/// A session that goes on, and whose it is.
struct KnownSession {
  Session session;
  auth::Principal who;  ///< The anonymous for a session of nobody.
};

/// Headers of an answer.
using SessionHeaders = std::vector<std::pair<std::string, std::string>>;

struct NewSession {
  std::string csrf_token;
  SessionHeaders headers;  ///< Set-Cookie, and the CSRF token in X-Next-CSRF-Token.
};

struct SignIn {
  std::string username;  ///< Or an e-mail address.
  std::string password;
};

/// What the audit log tells of a browser, and what its cookie depends on.
struct Browser {
  std::string user_agent;
  std::string base_url;  ///< By https or not.
};

struct SignedIn {
  auth::Principal who;
  SessionHeaders headers;
};

/// Sessions of browsers: a sealed cookie, its CSRF token, sign-in and sign-out. Source: Quay, "Session, CSRF, sign-
/// in".
class SessionService {
 public:
  static constexpr std::string_view kCookie = "_csrf_token";

  explicit SessionService(const Tools& tools) : tools_(tools), box_(tools.key.derive("session")) {}

  /// The headers of an answer that begins a session of `account`, who has just shown who they are. Whatever session the
  /// browser had is replaced: neither its cookie nor its CSRF token leads into the new one.
  SessionHeaders begin(const store::Account& account, std::string_view base_url) const;
  /// The same for nobody.
  NewSession begin_anonymous(std::string_view base_url) const;

  /// What a cookie of ours holds; nothing for one that is none, was changed, or has become too old. Whether the account
  /// still has this uuid, and may come in, is for the caller to see.
  std::optional<Session> open(std::string_view cookie) const;
  /// The session that goes on by this cookie; nothing for one that `open` refuses, that was ended, and of a user who is
  /// disabled. Cost: one indexed row, none for a session of nobody.
  awaitable<std::optional<KnownSession>> find(std::string cookie) const;
  /// Set-Cookie for a session that is used long after its cookie was made, so that it lasts as long as it is used; ""
  /// while that has time. The CSRF token stays.
  std::string renewed(const Session& session, std::string_view base_url) const;

  /// Who has this name and password, with a session. `caller` tells from where they come.
  /// Errors: denied, with `invalidCredentials` and `needsEmailVerification` as Quay says it; too_many_attempts.
  awaitable<Result<SignedIn>> sign_in(auth::Principal caller, SignIn wanted, Browser browser) const;
  /// The password once more: a session of the caller becomes fresh (a new one); no headers for one who has none.
  /// Errors: denied without user:admin; those of `password`; denied, with `invalidCredentials`; too_many_attempts.
  awaitable<Result<SessionHeaders>> verify(auth::Principal who, Result<std::string> password, Browser browser) const;
  /// Ends every session of the caller: the headers begin one of nobody. Without effect for the anonymous and for a
  /// token without user:admin. A read-only registry forgets this browser's session alone.
  awaitable<SessionHeaders> sign_out(auth::Principal who, Browser browser) const;

 private:
  NewSession make(Session session, std::string_view base_url) const;
  std::string cookie_of(const Session& session, std::string_view base_url) const;
  awaitable<void> note_failure(auth::Principal caller, std::string username, std::string user_agent,
                               std::string message) const;

  const Tools tools_;
  const auth::SecretBox box_;
};

}  // namespace wharf::service
