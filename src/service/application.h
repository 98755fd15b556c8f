#pragma once
#include <optional>
#include <string>
#include <vector>

#include "service/avatar.h"
#include "service/organization.h"
#include "service/page_token.h"
#include "service/tools.h"
#include "store/application.h"

namespace wharf::service {

/// An application as an organization's admins see it; those who only look on see null for the last three.
struct ApplicationView {
  std::string name;
  std::string description;
  std::string application_uri;
  std::string client_id;
  json::Nullable<std::string> client_secret;
  json::Nullable<std::string> redirect_uri;
  json::Nullable<std::string> avatar_email;
};
BOOST_DESCRIBE_STRUCT(ApplicationView, (),
                      (name, description, application_uri, client_id, client_secret, redirect_uri, avatar_email))

struct ApplicationViews {
  std::vector<ApplicationView> applications;
};
BOOST_DESCRIBE_STRUCT(ApplicationViews, (), (applications))

/// An application as anybody sees it.
struct PublicApplication {
  std::string name;
  std::string description;
  std::string uri;
  Avatar avatar;
  OrganizationView organization;  ///< Without its teams.
};
BOOST_DESCRIBE_STRUCT(PublicApplication, (), (name, description, uri, avatar, organization))

/// What admins say of an application.
struct ApplicationDetails {
  std::string name;
  std::optional<std::string> redirect_uri;
  std::optional<std::string> application_uri;
  std::optional<std::string> description;
  std::optional<std::string> avatar_email;
};

/// A token that was made for an application. Times as of iso8601.
struct ApplicationTokenView {
  std::string uuid;
  json::Nullable<std::string> name;  ///< Null when it came out of the web flow.
  std::string scope;
  std::string expires_at;
  std::string created;
  std::string created_by;  ///< For whom it acts.
  json::Nullable<std::string> last_accessed;
  std::optional<std::string> token;  ///< Shown once, when it is made.
};
BOOST_DESCRIBE_STRUCT(ApplicationTokenView, (),
                      (uuid, name, scope, expires_at, created, created_by, last_accessed, token))

struct ApplicationTokenViews {
  std::vector<ApplicationTokenView> tokens;
  std::optional<std::string> next_page;
};
BOOST_DESCRIBE_STRUCT(ApplicationTokenViews, (), (tokens, next_page))

struct NewApplicationToken {
  std::string name;
  std::string scope;
  std::optional<double> expiration_s;  ///< None: ten years, which is the most too.
};

/// OAuth applications of an organization and their tokens, for its admins. Source: Quay, "OAuth applications and
/// tokens". All answer denied to who is no admin (the reading ones let a read-only superuser look on), and not_found
/// for an organization or an application that is not there.
class ApplicationService {
 public:
  explicit ApplicationService(const Tools& tools) : tools_(tools), pages_(tools.key) {}

  /// Open to anybody. Errors: not_found; unauthenticated for the anonymous where they may see nothing at all.
  awaitable<Result<PublicApplication>> information(auth::Principal who, std::string client_id);

  awaitable<Result<ApplicationViews>> list(auth::Principal who, std::string organization);
  /// Errors: also invalid_request for a name that is empty, too long or reserved.
  awaitable<Result<ApplicationView>> create(auth::Principal who, std::string organization, ApplicationDetails wanted);
  awaitable<Result<ApplicationView>> find(auth::Principal who, std::string organization, std::string client_id);
  /// What `wanted` leaves out becomes empty. Errors: as of create.
  awaitable<Result<ApplicationView>> update(auth::Principal who, std::string organization, std::string client_id,
                                            ApplicationDetails wanted);
  /// Its tokens stop working with it.
  awaitable<Result<bool>> remove(auth::Principal who, std::string organization, std::string client_id);
  /// Gives it a new secret; the old one is dead at once.
  awaitable<Result<ApplicationView>> reset_secret(auth::Principal who, std::string organization, std::string client_id);

  /// Those that have not expired, newest first, 50 a page.
  awaitable<Result<ApplicationTokenViews>> tokens(auth::Principal who, std::string organization, std::string client_id,
                                                  std::string next_page);
  /// Makes a token that acts for the caller. Errors: also invalid_request for a bad name, scope or expiration and for
  /// more tokens than an application may have; denied for a scope beyond what the caller or their own token may.
  awaitable<Result<ApplicationTokenView>> create_token(auth::Principal who, std::string organization,
                                                       std::string client_id, NewApplicationToken wanted);
  awaitable<Result<bool>> remove_token(auth::Principal who, std::string organization, std::string client_id,
                                       std::string uuid);

 private:
  ApplicationView view_of(const store::Application& application, bool with_secrets) const;

  const Tools tools_;
  const PageTokens pages_;
};

/// How a SecretBox seals the secret of an application.
std::string application_context(std::string_view client_id);
/// Quay's word for how the caller showed who they are, for the audit log.
std::string_view auth_method(const auth::Principal& who);

}  // namespace wharf::service
