#include "api/application.h"

#include "service/application.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct ClientPath {
  std::string client_id;
};
BOOST_DESCRIBE_STRUCT(ClientPath, (), (client_id))

awaitable<Result<service::PublicApplication>> get_information(Call& call, ClientPath in) {
  co_return co_await call.services.applications.information(call.who, std::move(in.client_id));
}

struct OrganizationPath {
  std::string orgname;
};
BOOST_DESCRIBE_STRUCT(OrganizationPath, (), (orgname))

awaitable<Result<service::ApplicationViews>> list_applications(Call& call, OrganizationPath in) {
  co_return co_await call.services.applications.list(call.who, std::move(in.orgname));
}

struct CreateApplication {
  std::string orgname;  // path
  std::string name;
  std::optional<std::string> redirect_uri;
  std::optional<std::string> application_uri;
  std::optional<std::string> description;
  std::optional<std::string> avatar_email;
};
BOOST_DESCRIBE_STRUCT(CreateApplication, (), (orgname, name, redirect_uri, application_uri, description, avatar_email))

awaitable<Result<service::ApplicationView>> create_application(Call& call, CreateApplication in) {
  service::ApplicationDetails details{.name = std::move(in.name),
                                      .redirect_uri = std::move(in.redirect_uri),
                                      .application_uri = std::move(in.application_uri),
                                      .description = std::move(in.description),
                                      .avatar_email = std::move(in.avatar_email)};
  co_return co_await call.services.applications.create(call.who, std::move(in.orgname), std::move(details));
}

struct ApplicationPath {
  std::string orgname;
  std::string client_id;
};
BOOST_DESCRIBE_STRUCT(ApplicationPath, (), (orgname, client_id))

awaitable<Result<service::ApplicationView>> get_application(Call& call, ApplicationPath in) {
  co_return co_await call.services.applications.find(call.who, std::move(in.orgname), std::move(in.client_id));
}

struct UpdateApplication {
  std::string orgname;    // path
  std::string client_id;  // path
  std::string name;
  std::string redirect_uri;
  std::string application_uri;
  std::optional<std::string> description;
  std::optional<std::string> avatar_email;
};
BOOST_DESCRIBE_STRUCT(UpdateApplication, (),
                      (orgname, client_id, name, redirect_uri, application_uri, description, avatar_email))

awaitable<Result<service::ApplicationView>> update_application(Call& call, UpdateApplication in) {
  service::ApplicationDetails details{.name = std::move(in.name),
                                      .redirect_uri = std::move(in.redirect_uri),
                                      .application_uri = std::move(in.application_uri),
                                      .description = std::move(in.description),
                                      .avatar_email = std::move(in.avatar_email)};
  co_return co_await call.services.applications.update(call.who, std::move(in.orgname), std::move(in.client_id),
                                                       std::move(details));
}

awaitable<Result<http::Nothing>> delete_application(Call& call, ApplicationPath in) {
  auto done = co_await call.services.applications.remove(call.who, std::move(in.orgname), std::move(in.client_id));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

awaitable<Result<service::ApplicationView>> reset_client_secret(Call& call, ApplicationPath in) {
  co_return co_await call.services.applications.reset_secret(call.who, std::move(in.orgname), std::move(in.client_id));
}

struct ListTokens {
  std::string orgname;    // path
  std::string client_id;  // path
  std::string next_page;  // query
};
BOOST_DESCRIBE_STRUCT(ListTokens, (), (orgname, client_id, next_page))

awaitable<Result<service::ApplicationTokenViews>> list_tokens(Call& call, ListTokens in) {
  co_return co_await call.services.applications.tokens(call.who, std::move(in.orgname), std::move(in.client_id),
                                                       std::move(in.next_page));
}

struct CreateToken {
  std::string name;
  std::string scope;
  std::optional<double> expiration;  // seconds
};
BOOST_DESCRIBE_STRUCT(CreateToken, (), (name, scope, expiration))

awaitable<Result<service::ApplicationTokenView>> create_token(Call& call, ApplicationPath in,
                                                              Result<CreateToken> body) {
  if (!body) co_return body.error();
  service::NewApplicationToken wanted{
      .name = std::move(body->name), .scope = std::move(body->scope), .expiration_s = body->expiration};
  co_return co_await call.services.applications.create_token(call.who, std::move(in.orgname), std::move(in.client_id),
                                                             std::move(wanted));
}

struct TokenPath {
  std::string orgname;
  std::string client_id;
  std::string token_uuid;
};
BOOST_DESCRIBE_STRUCT(TokenPath, (), (orgname, client_id, token_uuid))

awaitable<Result<http::Nothing>> delete_token(Call& call, TokenPath in) {
  auto done = co_await call.services.applications.remove_token(call.who, std::move(in.orgname), std::move(in.client_id),
                                                               std::move(in.token_uuid));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

constexpr std::string_view kApplications = "/api/v1/organization/{orgname}/applications";
constexpr std::string_view kApplication = "/api/v1/organization/{orgname}/applications/{client_id}";
constexpr std::string_view kTokens = "/api/v1/organization/{orgname}/applications/{client_id}/tokens";

void add_own_operations(service::OperationTable& table) {
  table.add({.id = "getOrganizationApplications",
             .path = kApplications,
             .scope = Scope::org_admin,
             .summary = "The OAuth applications of an organization.",
             .tag = "Applications",
             .errors = {401, 403, 404}},
            list_applications);
  table.add({.id = "createOrganizationApplication",
             .verb = Verb::post,
             .path = kApplications,
             .scope = Scope::org_admin,
             .summary = "Makes an OAuth application.",
             .tag = "Applications",
             .errors = {400, 401, 403, 404, 415}},
            create_application);
  table.add({.id = "getOrganizationApplication",
             .path = kApplication,
             .scope = Scope::org_admin,
             .summary = "One OAuth application of an organization.",
             .tag = "Applications",
             .errors = {401, 403, 404}},
            get_application);
  table.add({.id = "updateOrganizationApplication",
             .verb = Verb::put,
             .path = kApplication,
             .scope = Scope::org_admin,
             .summary = "Changes an OAuth application.",
             .tag = "Applications",
             .errors = {400, 401, 403, 404, 415}},
            update_application);
  table.add({.id = "deleteOrganizationApplication",
             .verb = Verb::delete_,
             .path = kApplication,
             .scope = Scope::org_admin,
             .summary = "Deletes an OAuth application and every token made for it.",
             .tag = "Applications",
             .status = 204,
             .errors = {401, 403, 404}},
            delete_application);
  table.add({.id = "resetOrganizationApplicationClientSecret",
             .verb = Verb::post,
             .path = "/api/v1/organization/{orgname}/applications/{client_id}/resetclientsecret",
             .scope = Scope::org_admin,
             .summary = "Gives an OAuth application a new secret.",
             .tag = "Applications",
             .errors = {401, 403, 404},
             .body_optional = true},
            reset_client_secret);
}

void add_token_operations(service::OperationTable& table) {
  table.add({.id = "listOrganizationApplicationTokens",
             .path = kTokens,
             .scope = Scope::org_admin,
             .summary = "The tokens of an OAuth application that have not expired, newest first.",
             .tag = "Applications",
             .errors = {401, 403, 404}},
            list_tokens);
  table.add({.id = "createOrganizationApplicationToken",
             .verb = Verb::post,
             .path = kTokens,
             .scope = Scope::org_admin,
             .summary = "Makes a token that acts for the caller; it is shown this once.",
             .tag = "Applications",
             .errors = {400, 401, 403, 404, 415}},
            create_token);
  table.add({.id = "deleteOrganizationApplicationToken",
             .verb = Verb::delete_,
             .path = "/api/v1/organization/{orgname}/applications/{client_id}/tokens/{token_uuid}",
             .scope = Scope::org_admin,
             .summary = "Revokes a token of an OAuth application.",
             .tag = "Applications",
             .status = 204,
             .errors = {401, 403, 404}},
            delete_token);
}

}  // namespace

void add_application_operations(service::OperationTable& table) {
  table.add({.id = "getApplicationInformation",
             .path = "/api/v1/app/{client_id}",
             .summary = "What anybody may know of an OAuth application.",
             .tag = "Applications",
             .errors = {401, 404},
             .anonymous = true},
            get_information);
  add_own_operations(table);
  add_token_operations(table);
}

}  // namespace wharf::api
