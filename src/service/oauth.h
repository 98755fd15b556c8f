#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "auth/principal.h"
#include "service/avatar.h"
#include "service/oauth_scope.h"
#include "service/tools.h"
#include "store/application.h"

namespace wharf::service {

/// What a client asks for when it sends a user to /oauth/authorize. Source: RFC 6749 section 4; RFC 7636 section 4.3.
struct AuthorizationRequest {
  std::string client_id;
  std::string redirect_uri;
  std::string scope;
  std::string response_type = "code";  ///< Or "token".
  std::optional<std::string> state;
  std::string assignment_uuid;  ///< "" unless an admin offered it to the user.
  std::string code_challenge;   ///< "" without PKCE.
  std::string code_challenge_method;
  std::string base_url;  ///< Under which the user reached us: where the page of our own is.
};

struct AuthorizationOwner {
  std::string name;
  Avatar avatar;
};
BOOST_DESCRIBE_STRUCT(AuthorizationOwner, (), (name, avatar))

/// An application as those see it who have a token of it.
struct AuthorizedApplication {
  std::string name;
  std::optional<std::string> clientId;  ///< Where the user is still to be asked.
  std::string description;
  std::string url;
  Avatar avatar;
  AuthorizationOwner organization;
};
BOOST_DESCRIBE_STRUCT(AuthorizedApplication, (), (name, clientId, description, url, avatar, organization))

/// What the user is to be asked.
struct Consent {
  AuthorizedApplication application;
  std::vector<ScopeInfo> scopes;
};

/// Where the user's browser is to go, with what was given on the way.
struct Granted {
  std::string location;
  std::optional<std::string> access_token;
};

/// What a client brings to /oauth/access_token. Source: RFC 6749 section 4.1.3; RFC 7636 section 4.5.
struct CodeExchange {
  std::string grant_type;
  std::string client_id;
  std::string client_secret;
  std::string redirect_uri;
  std::string code;
  std::optional<std::string> scope;  ///< Exactly that of the code, where it is there.
  std::string code_verifier;         ///< "" without PKCE.
  std::string peer;                  ///< The client's address, for the audit log.
};

/// How that ended: with a token, or with an error's code of RFC 6749 section 5.2.
struct ExchangeAnswer {
  std::string access_token;
  std::string error;  ///< "" for none.
};

/// A token that acts for the user, with the application that has it.
struct AuthorizationView {
  AuthorizedApplication application;
  std::vector<ScopeInfo> scopes;
  std::string uuid;
};
BOOST_DESCRIBE_STRUCT(AuthorizationView, (), (application, scopes, uuid))

struct AuthorizationViews {
  std::vector<AuthorizationView> authorizations;
};
BOOST_DESCRIBE_STRUCT(AuthorizationViews, (), (authorizations))

/// A token that an admin offers to the user, who has not agreed yet.
struct AssignmentView {
  AuthorizedApplication application;
  std::string uuid;
  std::string redirectUri;
  std::vector<ScopeInfo> scopes;
  std::string responseType;
};
BOOST_DESCRIBE_STRUCT(AssignmentView, (), (application, uuid, redirectUri, scopes, responseType))

struct AssignmentViews {
  std::vector<AssignmentView> authorizations;
};
BOOST_DESCRIBE_STRUCT(AssignmentViews, (), (authorizations))

/// The web flow of OAuth, and what users have authorized. Source: Quay, "OAuth web flow"; RFC 6749, 7636.
///
/// Whoever administers the organization of an application, and whoever an admin offered it to, may let it act for
/// them; what a token may do is capped by its scopes and by what the person may do when it is used. Only people with a
/// session or a password take part: a token begets no other here. Nobody is ever sent to an address that the
/// application did not register.
class OAuthService {
 public:
  explicit OAuthService(const Tools& tools) : tools_(tools) {}

  static constexpr std::int64_t kCodeLifeSeconds = 600;

  /// What to ask the user; or, where they have agreed to all of it before or the request is wrong, where to send them.
  /// Errors: unauthenticated, denied; not_found for an unknown client or scope; invalid_request for a redirect_uri
  /// that is not the client's where it has none of its own.
  awaitable<Result<std::variant<Consent, Granted>>> begin(auth::Principal who, AuthorizationRequest request);
  /// The user agrees. Errors: unauthenticated, denied (to tokens); invalid_request for an unknown client or a
  /// redirect_uri that is not the client's. All others are told to the client: the location has them.
  awaitable<Result<Granted>> agree(auth::Principal who, AuthorizationRequest request);
  /// The user does not. Errors: as of agree.
  awaitable<Result<Granted>> decline(auth::Principal who, AuthorizationRequest request);
  /// A code for a token. A code is good for ten minutes and once: whoever brings it again ends what it was good for.
  awaitable<ExchangeAnswer> exchange(CodeExchange wanted);
  /// An admin offers a token to a user. Errors: unauthenticated, denied; not_found for an unknown client, scope or
  /// user; invalid_request for a redirect_uri that is not the client's and an unknown response_type.
  awaitable<Result<bool>> assign(auth::Principal who, AuthorizationRequest request, std::string username);

  // What the caller has authorized. All answer denied without user:admin, and not_found for what is not theirs.

  /// The newest 500 tokens that act for the caller.
  awaitable<Result<AuthorizationViews>> authorizations(auth::Principal who);
  awaitable<Result<AuthorizationView>> authorization(auth::Principal who, std::string uuid);
  /// Revokes a token; with one that came out of the web flow go all those of its application that did, and its codes.
  awaitable<Result<bool>> revoke(auth::Principal who, std::string uuid);
  /// What was offered to the caller, the newest 200; the notifications of it are gone then.
  awaitable<Result<AssignmentViews>> assignments(auth::Principal who);
  awaitable<Result<bool>> remove_assignment(auth::Principal who, std::string uuid);

  /// Deletes tokens and codes that expired a day ago, a few hundred a transaction; answers how many.
  awaitable<std::int64_t> remove_expired();

 private:
  struct Client;
  Result<Client> find_client(db::Tx& tx, const auth::Principal& who, const AuthorizationRequest& request) const;
  std::string local_page(const AuthorizationRequest& request) const;
  Granted issue(db::Tx& tx, const auth::Principal& who, const AuthorizationRequest& request,
                const Client& client) const;
  std::string insert_token(db::Tx& tx, const auth::Principal& who, const store::Application& application,
                           const std::string& scope, std::string_view method, const std::string& token) const;
  std::string redeem(db::Tx& tx, const CodeExchange& wanted, const std::string& token) const;

  const Tools tools_;
};

}  // namespace wharf::service
